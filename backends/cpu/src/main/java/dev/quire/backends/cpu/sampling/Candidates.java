package dev.quire.backends.cpu.sampling;

import java.util.Arrays;

/**
 * The tokens that top-k, top-p and min-p leave, found without sorting the vocabulary: tokens above a falling threshold are gathered until
 * the cut lies among them, and only those are sorted.
 */
final class Candidates {
    /** Each round lowers the threshold by this factor. */
    private static final float STEP = 1 / 32f;

    private long[] keys = new long[256];
    private int size;

    /**
     * Zeroes every element of {@code p} that the cuts drop.
     *
     * @param p exp((logit − max) / temperature): the largest is 1
     * @param topK 0 for no cut
     * @param topP 1 for no cut
     * @param minP 0 for no cut
     */
    void cut(float[] p, int topK, float topP, float minP) {
        if (topK > 0 && topK < p.length || topP < 1) {
            int kept = select(p, topK, topP);
            float[] values = new float[kept];
            for (int i = 0; i < kept; i++) {
                values[i] = p[(int) keys[i]];
            }
            Arrays.fill(p, 0);
            for (int i = 0; i < kept; i++) {
                p[(int) keys[i]] = values[i];
            }
        }
        if (minP > 0) {
            for (int i = 0; i < p.length; i++) {
                if (p[i] < minP) {
                    p[i] = 0;
                }
            }
        }
    }

    /** Leaves the sorted survivors at the front of {@link #keys}; returns how many. */
    private int select(float[] p, int topK, float topP) {
        boolean byCount = topK > 0 && topK < p.length;
        long wanted = byCount ? 0 : Mass.below(topP, Mass.sum(p));
        float threshold = STEP;
        long mass = gather(p, threshold);
        while ((byCount ? size < topK : !Mass.exceeds(mass, wanted)) && threshold > 0) {
            threshold = threshold < 1e-36f ? 0 : threshold * STEP;
            mass = gather(p, threshold);
        }
        Arrays.sort(keys, 0, size);
        int kept = byCount ? Math.min(topK, size) : size;
        if (topP >= 1) {
            return kept;
        }
        if (byCount) {
            long whole = 0;
            for (int i = 0; i < kept; i++) {
                whole += Mass.of(p[(int) keys[i]]);
            }
            wanted = Mass.below(topP, whole);
        }
        long sum = 0;
        for (int i = 0; i < kept; i++) {
            sum += Mass.of(p[(int) keys[i]]);
            if (Mass.exceeds(sum, wanted)) {
                return i + 1;
            }
        }
        return kept;
    }

    /** Collects what is not below the threshold, keyed so that a rising sort gives falling values and rising ids; returns its mass. */
    private long gather(float[] p, float threshold) {
        size = 0;
        long mass = 0;
        for (int id = 0; id < p.length; id++) {
            if (p[id] >= threshold) {
                if (size == keys.length) {
                    keys = Arrays.copyOf(keys, 2 * size);
                }
                keys[size++] = ((long) (Integer.MAX_VALUE - Float.floatToRawIntBits(p[id])) << 32) | id;
                mass += Mass.of(p[id]);
            }
        }
        return mass;
    }
}
