package dev.quire.backends.tornado.device;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/** Kernels that move what they do not change, as {@link ElementKernels} takes parameters. */
final class MoveKernels {
    /** Elements of a unit that parts of a cache are counted in. */
    private static final int UNIT = 128;

    private MoveKernels() {}

    /** out[t] = x[t, from : from + width] (RULES, N20): words. */
    static void slice(KernelContext context, int at, IntArray p, IntArray words) {
        int i = context.globalIdx;
        if (i < p.get(at + 2)) {
            int width = p.get(at + 5);
            int from = p.get(at) + i / width * p.get(at + 3) + p.get(at + 4) + i % width;
            words.set(p.get(at + 1) + i, words.get(from));
        }
    }

    /** ids[i] = sampled[~ids[i]] where it is negative (RULES, T6). */
    static void takeTokens(KernelContext context, int at, IntArray p, IntArray words) {
        int i = context.globalIdx;
        if (i < p.get(at + 3)) {
            int id = words.get(p.get(at) + p.get(at + 1) + i);
            if (id < 0) {
                words.set(p.get(at) + p.get(at + 1) + i, words.get(p.get(at + 2) - id - 1));
            }
        }
    }

    /** out = Σ gates[j] · x[j] over the parts j of a row, in order (RULES, N23). */
    static void weightedSum(KernelContext context, int at, IntArray p, FloatArray f) {
        int i = context.globalIdx;
        if (i < p.get(at + 3)) {
            int width = p.get(at + 4);
            int chosen = p.get(at + 5);
            int first = i / width * chosen;
            float sum = 0f;
            for (int j = 0; j < chosen; j++) {
                sum = sum + f.get(p.get(at + 1) + first + j) * f.get(p.get(at) + (first + j) * width + i % width);
            }
            f.set(p.get(at + 2) + i, sum);
        }
    }

    /** Rows as they are, to another place: a group takes a row at a time, all of which have an even number of bytes. */
    static void copyRows(KernelContext context, int at, IntArray p, ShortArray s) {
        int count = p.get(at + 3) / 2;
        int groups = context.globalGroupSizeX / context.localGroupSizeX;
        for (int row = context.groupIdx; row < p.get(at + 2); row += groups) {
            for (int i = context.localIdx; i < count; i += context.localGroupSizeX) {
                s.set(2 * p.get(at + 1) + row * count + i, s.get(2 * p.get(at) + row * count + i));
            }
        }
    }

    /** Copies blocks inside a cache group, pair after pair (RULES, M7). A work-item per element of a block, all parts counted. */
    static void copyBlocks(KernelContext context, int at, IntArray p, IntArray words, ShortArray s) {
        int i = context.globalIdx;
        int elements = p.get(at + 5);
        if (i < p.get(at + 4)) {
            int part = 2 * p.get(at) + i / elements * p.get(at + 6) * UNIT + i % elements;
            int first = p.get(at + 1) + p.get(at + 2);
            int pairs = p.get(at + 3);
            for (int pair = 0; pair < pairs; pair++) {
                int to = words.get(first + pairs + pair);
                s.set(part + to * elements, s.get(part + words.get(first + pair) * elements));
            }
        }
    }

    /** Copies cache blocks one behind another, on their way to the host (RULES, M8). A work-item per element of a block, all parts counted. */
    static void gatherBlocks(KernelContext context, int at, IntArray p, IntArray words, ShortArray s) {
        int i = context.globalIdx;
        int all = p.get(at + 5);
        int elements = p.get(at + 6);
        if (i < all) {
            int part = 2 * p.get(at) + i / elements * p.get(at + 7) * UNIT + i % elements;
            for (int b = 0; b < p.get(at + 4); b++) {
                int block = words.get(p.get(at + 2) + p.get(at + 3) + b);
                s.set(2 * p.get(at + 1) + b * all + i, s.get(part + block * elements));
            }
        }
    }

    /** The reverse of {@link #gatherBlocks}. */
    static void scatterBlocks(KernelContext context, int at, IntArray p, IntArray words, ShortArray s) {
        int i = context.globalIdx;
        int all = p.get(at + 5);
        int elements = p.get(at + 6);
        if (i < all) {
            int part = 2 * p.get(at) + i / elements * p.get(at + 7) * UNIT + i % elements;
            for (int b = 0; b < p.get(at + 4); b++) {
                int block = words.get(p.get(at + 2) + p.get(at + 3) + b);
                s.set(part + block * elements, s.get(2 * p.get(at + 1) + b * all + i));
            }
        }
    }
}
