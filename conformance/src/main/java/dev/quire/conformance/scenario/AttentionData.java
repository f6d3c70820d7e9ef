package dev.quire.conformance.scenario;

import dev.quire.conformance.scenario.PagedScene.Query;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Queries, keys and values of sequences. Those of one sequence and position are the same in every step, however a sequence is cut. Sequences
 * differ in their tone, in turn.
 *
 * @param name of the data
 * @param heads query heads
 * @param kvHeads key and value heads
 * @param size elements of a head
 * @param scale factor on q · k
 */
public record AttentionData(Samples samples, String name, int heads, int kvHeads, int size, double scale) {
    /** A score beyond what exp takes in float32. */
    private static final double LOUD = 150;

    /** What a sequence is like. */
    private enum Tone {
        /** Uniform in [−1, 1]. */
        UNIFORM,
        /** Normal, a scale for each channel. */
        CHANNELS,
        /** All scores near 150: a softmax without its maximum overflows. */
        LOUD,
        /** Values forty times as large at the edges of blocks and here and there: a key too few or too many shows. */
        NEEDLES,
        /** All scores near −150: a softmax without its maximum sums to zero. */
        FAINT,
        /** The first key takes most of the weight, and its value is small. */
        SINK,
        /** A channel of values of 1e3 to 1e4. */
        OUTLIERS,
        /** Zeros of both signs, subnormals and the like. */
        SMALL
    }

    /** Rows of a step: q, k and v by those names. */
    public Map<String, float[]> rows(List<Query> parts) {
        int rows = parts.stream().mapToInt(Query::tokens).sum();
        float[] q = new float[rows * heads * size];
        float[] k = new float[rows * kvHeads * size];
        float[] v = new float[rows * kvHeads * size];
        int at = 0;
        for (int s = 0; s < parts.size(); s++) {
            for (int position = parts.get(s).context(); position < parts.get(s).length(); position++, at++) {
                token(s, position, q, k, v, at);
            }
        }
        Map<String, float[]> all = new HashMap<>();
        all.put("q", q);
        all.put("k", k);
        all.put("v", v);
        return all;
    }

    /** Writes row {@code row} of each array: the token of sequence {@code s} at {@code position}. */
    public void token(int s, int position, float[] q, float[] k, float[] v, int row) {
        Tone tone = Tone.values()[s % Tone.values().length];
        Random random = samples.random(name, s, position);
        long channels = samples.random(name, s, -1).nextLong();
        Draw draw = switch (tone) {
            case CHANNELS -> Draw.CHANNELS;
            case SMALL -> Draw.SMALL;
            default -> Draw.UNIFORM;
        };
        for (int h = 0; h < heads; h++) {
            int from = (row * heads + h) * size;
            draw.fill(random, channels + 1, q, from, size);
            query(tone, q, from);
        }
        for (int h = 0; h < kvHeads; h++) {
            int from = (row * kvHeads + h) * size;
            draw.fill(random, channels + 2, k, from, size);
            (tone == Tone.OUTLIERS ? Draw.OUTLIERS : draw).fill(random, channels + 3, v, from, size);
            key(tone, k, from, position);
            value(tone, v, from, position);
        }
    }

    private void query(Tone tone, float[] q, int from) {
        switch (tone) {
            case LOUD, FAINT -> q[from] = (float) Math.sqrt(LOUD / scale);
            case SINK -> q[from] = 3;
            default -> {}
        }
    }

    private void key(Tone tone, float[] k, int from, int position) {
        switch (tone) {
            case LOUD -> k[from] = (float) Math.sqrt(LOUD / scale);
            case FAINT -> k[from] = (float) -Math.sqrt(LOUD / scale);
            case SINK -> k[from] = position == 0 ? (float) (10 / (3 * scale)) : 0;
            default -> {}
        }
    }

    private void value(Tone tone, float[] v, int from, int position) {
        boolean needle = position % 16 == 0 || position % 16 == 15 || position % 7 == 3;
        float factor = tone == Tone.NEEDLES && needle ? 40 : tone == Tone.SINK && position == 0 ? 0.01f : 1;
        for (int d = 0; d < size; d++) {
            v[from + d] *= factor;
        }
    }
}
