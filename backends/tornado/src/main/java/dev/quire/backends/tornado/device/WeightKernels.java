package dev.quire.backends.tornado.device;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/** Kernels that read {@link Stored} weights, as {@link ElementKernels} takes parameters. */
final class WeightKernels {
    private WeightKernels() {}

    /** out[t] = table[ids[t] + offset], decoded and not rounded (RULES, N20 and W5). A work-item per element of out. */
    static void embed(KernelContext context, int at, IntArray p, IntArray words, FloatArray f, ShortArray s) {
        int i = context.globalIdx;
        if (i < p.get(at + 4)) {
            int width = p.get(at + 5);
            int id = words.get(p.get(at) + p.get(at + 1) + i / width) + p.get(at + 6);
            int row = 2 * p.get(at + 2) + id * (p.get(at + 8) / 2);
            f.set(p.get(at + 3) + i, Stored.decode(p.get(at + 7), row, i % width, f, s));
        }
    }

    /** A stored vector as float32 (RULES, W5). A work-item per element. */
    static void decodeVector(KernelContext context, int at, IntArray p, FloatArray f, ShortArray s) {
        int i = context.globalIdx;
        if (i < p.get(at + 2)) {
            f.set(p.get(at + 1) + i, Stored.decode(p.get(at + 3), 2 * p.get(at), i, f, s));
        }
    }

    /** A stored matrix as bf16 (RULES, N4 and W5). A work-group takes a row at a time. */
    static void decodeMatrix(KernelContext context, int at, IntArray p, FloatArray f, ShortArray s) {
        int columns = p.get(at + 3);
        int groups = context.globalGroupSizeX / context.localGroupSizeX;
        for (int row = context.groupIdx; row < p.get(at + 2); row += groups) {
            int stored = 2 * p.get(at) + row * (p.get(at + 5) / 2);
            for (int i = context.localIdx; i < columns; i += context.localGroupSizeX) {
                float x = Stored.decode(p.get(at + 4), stored, i, f, s);
                s.set(2 * p.get(at + 1) + row * columns + i, (short) Arithmetic.bf16(x, f));
            }
        }
    }
}
