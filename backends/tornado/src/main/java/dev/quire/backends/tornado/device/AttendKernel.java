package dev.quire.backends.tornado.device;

import static dev.quire.backends.tornado.KernelConstants.ATTEND_GROUP;
import static dev.quire.backends.tornado.KernelConstants.ATTEND_HEAD;
import static dev.quire.backends.tornado.KernelConstants.ATTEND_VECTORS;
import static dev.quire.backends.tornado.KernelConstants.LANES;
import static dev.quire.backends.tornado.KernelConstants.MASK_BIDIRECTIONAL;
import static dev.quire.backends.tornado.KernelConstants.MASK_WINDOW;
import static dev.quire.backends.tornado.KernelConstants.SEGMENT;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/** Attention over paged keys, as {@link ElementKernels} takes parameters. */
final class AttendKernel {
    private static final int ITEMS = ATTEND_GROUP / ATTEND_VECTORS;
    private static final int DIMENSIONS = ATTEND_HEAD / ATTEND_GROUP;

    private AttendKernel() {}

    /**
     * Attention in segments of 512 tokens at absolute positions, merged left to right (RULES, A1 to A4, N11, N14). A work-group of 128 takes up to 8 query
     * vectors of one sequence that share a KV head, which stand in local memory with their scores: each key and value is read once for all. Scores: a token
     * per work-item; sums of p: 16 work-items a vector; values: a dimension per work-item.
     *
     * @param type of {@link Cached} elements, a constant of the task
     */
    static void attend(
            KernelContext context,
            int at,
            int type,
            IntArray p,
            FloatArray reals,
            IntArray words,
            FloatArray f,
            ShortArray s) {
        float[] query = context.allocateFloatLocalArray(ATTEND_VECTORS * ATTEND_HEAD);
        float[] scores = context.allocateFloatLocalArray(ATTEND_VECTORS * SEGMENT);
        float[] partials = context.allocateFloatLocalArray(ATTEND_VECTORS * LANES);
        float[] largest = context.allocateFloatLocalArray(ATTEND_VECTORS);
        int[] lows = context.allocateIntLocalArray(ATTEND_VECTORS);
        int[] highs = context.allocateIntLocalArray(ATTEND_VECTORS);
        int local = context.localIdx;
        int step = p.get(at + 3);
        int blockSize = p.get(at + 13);
        int kvHeads = p.get(at + 15);
        int headSize = p.get(at + 16);
        int tile = context.groupIdx / kvHeads;
        int kvHead = context.groupIdx % kvHeads;
        int share = p.get(at + 14) / kvHeads;
        int sequence = words.get(step + p.get(at + 6) + 2 * tile);
        int vector = words.get(step + p.get(at + 6) + 2 * tile + 1);
        int start = words.get(step + p.get(at + 7) + sequence);
        int count = Math.min((words.get(step + p.get(at + 7) + sequence + 1) - start) * share - vector, ATTEND_VECTORS);
        int base = words.get(step + p.get(at + 9) + sequence);
        int end = words.get(step + p.get(at + 10) + sequence);
        int table = step + p.get(at + 11) + sequence * p.get(at + 12) - base / blockSize;
        int positions = step + p.get(at + 8) + start;
        int head = kvHead * share;
        if (local < ATTEND_VECTORS) {
            int low = base;
            int high = base;
            if (local < count) {
                int position = words.get(positions + (vector + local) / share);
                if (p.get(at + 18) == MASK_WINDOW) {
                    low = Math.max(position - p.get(at + 19) + 1, base);
                }
                high = p.get(at + 18) == MASK_BIDIRECTIONAL ? end : Math.min(position + 1, end);
            }
            lows[local] = low;
            highs[local] = Math.max(high, low);
        }
        for (int i = local; i < count * headSize; i += ATTEND_GROUP) {
            int v = vector + i / headSize;
            int row = start + v / share;
            float x = f.get(p.get(at) + (row * p.get(at + 14) + head + v % share) * headSize + i % headSize);
            query[i / headSize * ATTEND_HEAD + i % headSize] = Cached.factor(type, x, f);
        }
        context.localBarrier();
        int low = end;
        int high = base;
        for (int v = 0; v < count; v++) {
            if (lows[v] < highs[v]) {
                low = Math.min(lows[v], low);
                high = Math.max(highs[v], high);
            }
        }

        float[] top = new float[ATTEND_VECTORS];
        float[] mass = new float[ATTEND_VECTORS];
        float[] result = new float[DIMENSIONS * ATTEND_VECTORS];
        int begun = 0; // a bit for each vector that has seen a token
        for (int v = 0; v < ATTEND_VECTORS; v++) {
            top[v] = 0f;
            mass[v] = 0f;
            result[v] = 0f;
            result[ATTEND_VECTORS + v] = 0f;
        }
        for (int origin = low - low % SEGMENT; origin < high; origin += SEGMENT) {
            int from = Math.max(low, origin);
            int to = Math.min(high, origin + SEGMENT);

            for (int t = from + local; t < to; t += ATTEND_GROUP) {
                int page = words.get(table + t / blockSize) * kvHeads + kvHead;
                int key = page * headSize * blockSize + t % blockSize;
                float[] dot = new float[ATTEND_VECTORS];
                for (int v = 0; v < ATTEND_VECTORS; v++) {
                    dot[v] = 0f;
                }
                for (int d = 0; d < headSize; d++) {
                    float element = Cached.load(type, p.get(at + 1), key + d * blockSize, f, s);
                    for (int v = 0; v < ATTEND_VECTORS; v++) {
                        dot[v] = dot[v] + query[v * ATTEND_HEAD + d] * element;
                    }
                }
                for (int v = 0; v < ATTEND_VECTORS; v++) {
                    float score = dot[v] * reals.get(at + 17);
                    if (p.get(at + 20) != 0) {
                        score = Curves.capped(score, reals.get(at + 21), f);
                    }
                    if (p.get(at + 22) != 0 && v < count) {
                        int position = words.get(positions + (vector + v) / share);
                        score = score + f.get(p.get(at + 4) + head + (vector + v) % share) * (float) (t - position);
                    }
                    scores[v * SEGMENT + t - origin] = score;
                }
            }
            context.localBarrier();

            int mine = local / ITEMS;
            int item = local % ITEMS;
            int seen = Math.max(lows[mine] - origin, 0);
            int unseen = Math.min(highs[mine], to) - origin;
            int score = mine * SEGMENT;
            float most = -Arithmetic.infinity(f);
            for (int t = seen + item; t < unseen; t += ITEMS) {
                if (scores[score + t] > most) {
                    most = scores[score + t];
                }
            }
            partials[mine * LANES + item] = most;
            context.localBarrier();
            if (item == 0) {
                for (int i = 1; i < ITEMS; i++) {
                    if (partials[mine * LANES + i] > most) {
                        most = partials[mine * LANES + i];
                    }
                }
                largest[mine] = most;
            }
            context.localBarrier();
            for (int lane = item; lane < LANES; lane += ITEMS) {
                float sum = 0f;
                for (int t = lane; t < unseen; t += LANES) {
                    if (t >= seen) {
                        float e = Cached.factor(type, Curves.exp(scores[score + t] - largest[mine], f), f);
                        scores[score + t] = e;
                        sum = sum + e;
                    }
                }
                partials[mine * LANES + lane] = sum;
            }
            context.localBarrier();
            for (int reach = LANES / 2; reach > 0; reach = reach >> 1) {
                if (item < reach) {
                    int to1 = mine * LANES + item;
                    partials[to1] = partials[to1] + partials[to1 + reach];
                }
                context.localBarrier();
            }

            for (int d = 0; d < DIMENSIONS; d++) {
                int dimension = local + d * ATTEND_GROUP;
                float[] sum = new float[ATTEND_VECTORS];
                for (int v = 0; v < ATTEND_VECTORS; v++) {
                    sum[v] = 0f;
                }
                if (dimension < headSize) {
                    for (int t = from; t < to; t++) {
                        int page = words.get(table + t / blockSize) * kvHeads + kvHead;
                        int value = (page * blockSize + t % blockSize) * headSize + dimension;
                        float element = Cached.load(type, p.get(at + 2), value, f, s);
                        for (int v = 0; v < ATTEND_VECTORS; v++) {
                            if (t >= lows[v] && t < highs[v]) {
                                sum[v] = sum[v] + scores[v * SEGMENT + t - origin] * element;
                            }
                        }
                    }
                }
                for (int v = 0; v < ATTEND_VECTORS; v++) {
                    if (lows[v] < to && highs[v] > from) {
                        float y = sum[v];
                        if ((begun >> v & 1) != 0) {
                            float both = largest[v] > top[v] ? largest[v] : top[v];
                            float old = result[d * ATTEND_VECTORS + v] * Curves.exp(top[v] - both, f);
                            y = old + y * Curves.exp(largest[v] - both, f);
                        }
                        result[d * ATTEND_VECTORS + v] = y;
                    }
                }
            }
            for (int v = 0; v < ATTEND_VECTORS; v++) {
                if (lows[v] < to && highs[v] > from) {
                    float sum = partials[v * LANES];
                    float both = largest[v];
                    if ((begun >> v & 1) != 0) {
                        both = largest[v] > top[v] ? largest[v] : top[v];
                        float old = mass[v] * Curves.exp(top[v] - both, f);
                        sum = old + sum * Curves.exp(largest[v] - both, f);
                    }
                    mass[v] = sum;
                    top[v] = both;
                    begun = begun | 1 << v;
                }
            }
            context.localBarrier();
        }

        for (int v = 0; v < count; v++) {
            for (int d = 0; d < DIMENSIONS; d++) {
                int dimension = local + d * ATTEND_GROUP;
                if (dimension < headSize) {
                    int row = start + (vector + v) / share;
                    int out = (row * p.get(at + 14) + head + (vector + v) % share) * headSize + dimension;
                    float y = 0f;
                    if ((begun >> v & 1) != 0) {
                        y = result[d * ATTEND_VECTORS + v] / mass[v];
                    }
                    f.set(p.get(at + 5) + out, y);
                }
            }
        }
    }
}
