package dev.quire.backends.tornado.device;

import static dev.quire.backends.tornado.KernelConstants.ATTEND_GROUP;
import static dev.quire.backends.tornado.KernelConstants.ATTEND_HEAD;
import static dev.quire.backends.tornado.KernelConstants.MASK_BIDIRECTIONAL;
import static dev.quire.backends.tornado.KernelConstants.MASK_WINDOW;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Attention to a step's own keys, as {@link ElementKernels} takes parameters. */
final class StepAttendKernel {
    private static final int DIMENSIONS = ATTEND_HEAD / ATTEND_GROUP;

    private StepAttendKernel() {}

    /**
     * Attention to the keys of the step itself, in FAST (RULES, A1 to A4, A7): they are float32 and nothing is rounded. A work-group of 128 takes one query
     * vector; keys pass in runs of 128. Scores: a key per work-item; sums: a tree; values: a dimension per work-item. Traffic: K and V once per query vector.
     */
    static void attendStep(KernelContext context, int at, IntArray p, FloatArray reals, IntArray words, FloatArray f) {
        float[] query = context.allocateFloatLocalArray(ATTEND_HEAD);
        float[] scores = context.allocateFloatLocalArray(ATTEND_GROUP); // then p
        float[] partials = context.allocateFloatLocalArray(ATTEND_GROUP);
        int local = context.localIdx;
        int step = p.get(at + 3);
        int heads = p.get(at + 9);
        int kvHeads = p.get(at + 10);
        int headSize = p.get(at + 11);
        int row = context.groupIdx / heads;
        int head = context.groupIdx % heads;
        int kvHead = head / (heads / kvHeads);
        int positions = step + p.get(at + 8);
        int starts = step + p.get(at + 7) + words.get(step + p.get(at + 6) + row);
        int position = words.get(positions + row);
        int start = words.get(starts);
        int end = words.get(starts + 1);
        int base = words.get(positions + start); // the position of the first key
        int low = start;
        if (p.get(at + 13) == MASK_WINDOW) {
            low = start + Math.max(position - p.get(at + 14) + 1 - base, 0);
        }
        int high = Math.min(start + position + 1 - base, end);
        if (p.get(at + 13) == MASK_BIDIRECTIONAL) {
            high = end;
        }
        int vector = context.groupIdx * headSize;
        for (int d = local; d < headSize; d += ATTEND_GROUP) {
            query[d] = f.get(p.get(at) + vector + d);
        }
        float top = -Arithmetic.infinity(f);
        float mass = 0f;
        float[] result = new float[DIMENSIONS];
        for (int d = 0; d < DIMENSIONS; d++) {
            result[d] = 0f;
        }
        context.localBarrier();
        for (int from = low; from < high; from += ATTEND_GROUP) {
            int t = from + local;
            float score = -Arithmetic.infinity(f);
            if (t < high) {
                int key = p.get(at + 1) + (t * kvHeads + kvHead) * headSize;
                float dot = 0f;
                for (int d = 0; d < headSize; d++) {
                    dot = dot + query[d] * f.get(key + d);
                }
                score = dot * reals.get(at + 12);
                if (p.get(at + 15) != 0) {
                    score = Curves.capped(score, reals.get(at + 16), f);
                }
                if (p.get(at + 17) != 0) {
                    score = score + f.get(p.get(at + 4) + head) * (float) (base + t - start - position);
                }
            }
            partials[local] = score;
            context.localBarrier();
            for (int reach = ATTEND_GROUP / 2; reach > 0; reach = reach >> 1) {
                if (local < reach) {
                    float other = partials[local + reach];
                    if (other > partials[local]) {
                        partials[local] = other;
                    }
                }
                context.localBarrier();
            }
            float most = partials[0] > top ? partials[0] : top;
            float kept = Curves.exp(top - most, f);
            top = most;
            context.localBarrier();
            float e = 0f;
            if (t < high) {
                e = Curves.exp(score - most, f);
            }
            scores[local] = e;
            partials[local] = e;
            context.localBarrier();
            for (int reach = ATTEND_GROUP / 2; reach > 0; reach = reach >> 1) {
                if (local < reach) {
                    partials[local] = partials[local] + partials[local + reach];
                }
                context.localBarrier();
            }
            mass = mass * kept + partials[0];
            int count = Math.min(high - from, ATTEND_GROUP);
            for (int d = 0; d < DIMENSIONS; d++) {
                int dimension = local + d * ATTEND_GROUP;
                int seen = dimension < headSize ? count : 0;
                int value = p.get(at + 2) + (from * kvHeads + kvHead) * headSize + dimension;
                float sum = result[d] * kept;
                for (int i = 0; i < seen; i++) {
                    sum = sum + scores[i] * f.get(value + i * kvHeads * headSize);
                }
                result[d] = sum;
            }
            context.localBarrier();
        }
        for (int d = 0; d < DIMENSIONS; d++) {
            int dimension = local + d * ATTEND_GROUP;
            if (dimension < headSize) {
                float y = 0f;
                if (low < high) {
                    y = result[d] / mass;
                }
                f.set(p.get(at + 5) + vector + dimension, y);
            }
        }
    }
}
