package dev.quire.backends.tornado.device;

import static dev.quire.backends.tornado.KernelConstants.LANES;
import static dev.quire.backends.tornado.KernelConstants.ROW_INTS;
import static dev.quire.backends.tornado.KernelConstants.ROW_LOGITS;
import static dev.quire.backends.tornado.KernelConstants.ROW_TOP_LOGPROBS;
import static dev.quire.backends.tornado.KernelConstants.SAMPLE_GROUP;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Reports log-probabilities, as {@link ElementKernels} takes parameters. */
final class LogprobsKernel {
    private LogprobsKernel() {}

    /**
     * Ranks and log-probabilities of the chosen and the most probable tokens, for rows that ask (RULES, S9 and N19). A work-group of 256 takes a row at a
     * time and has a row of scratch for exponentials, which 32 lanes then sum. Traffic: the vocabulary 4 + n times.
     */
    static void logprobs(KernelContext context, int at, IntArray p, IntArray words, FloatArray f) {
        long[] shared = context.allocateLongLocalArray(SAMPLE_GROUP);
        float[] partials = context.allocateFloatLocalArray(SAMPLE_GROUP);
        int local = context.localIdx;
        int groups = context.globalGroupSizeX / context.localGroupSizeX;
        int vocabulary = p.get(at + 9);
        int exponentials = p.get(at + 1) + context.groupIdx * vocabulary;
        for (int r = context.groupIdx; r < p.get(at + 8); r += groups) {
            int record = p.get(at + 2) + p.get(at + 3) + r * ROW_INTS;
            int wanted = Math.min(words.get(record + ROW_TOP_LOGPROBS), vocabulary);
            int count = wanted < 0
                    ? 0
                    : vocabulary; // no barrier in a branch: where nothing is wanted, loops have nothing to do
            int row = p.get(at) + words.get(record + ROW_LOGITS) * vocabulary;
            int ids = p.get(at + 6) + r * p.get(at + 10);
            int logprobs = p.get(at + 7) + r * p.get(at + 10);
            long key = Ranks.EVERYTHING;
            int first = 0;
            for (int n = 0; n <= wanted; n++) { // one more than is wanted, so that the largest is found where none is
                long best = Ranks.NOTHING;
                for (int i = local; i < count; i += SAMPLE_GROUP) {
                    long next = Ranks.key(words.get(row + i), i);
                    if (next < key) {
                        best = Math.max(best, next);
                    }
                }
                shared[local] = best;
                context.localBarrier();
                for (int reach = SAMPLE_GROUP / 2; reach > 0; reach = reach >> 1) {
                    if (local < reach) {
                        shared[local] = Math.max(shared[local], shared[local + reach]);
                    }
                    context.localBarrier();
                }
                key = shared[0];
                context.localBarrier();
                if (n == 0) {
                    first = Ranks.id(key);
                }
                for (int i = local; i < Math.min(wanted - n, 1); i += SAMPLE_GROUP) {
                    words.set(ids + 1 + n, Ranks.id(key));
                }
            }

            int most = words.get(row + first);
            float largest = f.get(row + first);
            if (Ranks.isNan(most)) {
                largest = -Arithmetic.infinity(f);
            }
            int token = words.get(p.get(at + 4) + r);
            int chosen = words.get(row + token);
            int order = Ranks.order(chosen);
            if (Ranks.isNan(chosen)) {
                order = Integer.MAX_VALUE;
            }
            long greater = 0;
            for (int i = local; i < count; i += SAMPLE_GROUP) {
                int bits = words.get(row + i);
                float e = 0f;
                if (Ranks.distant(bits, most) != 0) {
                    e = Curves.exp(f.get(row + i) - largest, f);
                }
                f.set(exponentials + i, e);
                if (Ranks.order(bits) > order) {
                    greater = greater + 1;
                }
            }
            context.globalBarrier();
            int summed = local < LANES ? count : 0;
            float sum = 0f;
            for (int i = local; i < summed; i += LANES) {
                sum = sum + f.get(exponentials + i);
            }
            shared[local] = greater;
            partials[local] = sum;
            context.localBarrier();
            for (int reach = SAMPLE_GROUP / 2; reach > 0; reach = reach >> 1) {
                if (local < reach) {
                    shared[local] = shared[local] + shared[local + reach];
                    if (reach < LANES) {
                        partials[local] = partials[local] + partials[local + reach];
                    }
                }
                context.localBarrier();
            }
            float logSum = Curves.log(partials[0], f);
            for (int i = local; i < Math.min(wanted + 1, 1); i += SAMPLE_GROUP) {
                words.set(p.get(at + 5) + r, 1 + (int) shared[0]);
                words.set(ids, token);
                f.set(logprobs, f.get(row + token) - largest - logSum);
            }
            for (int n = local; n < wanted; n += SAMPLE_GROUP) {
                int id = words.get(ids + 1 + n);
                f.set(logprobs + 1 + n, f.get(row + id) - largest - logSum);
            }
            context.globalBarrier();
        }
    }
}
