package dev.quire.backends.tornado.device;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/**
 * Kernels with a work-item per element, in the canonical order. Each does what the portable kernel of its name does, whose parameters it takes from
 * {@code p} at {@code at}; pointers are words from the start of the arena.
 */
final class ElementKernels {
    private ElementKernels() {}

    /** out = a + b (RULES, N20). */
    static void add(KernelContext context, int at, IntArray p, FloatArray f) {
        int i = context.globalIdx;
        if (i < p.get(at + 3)) {
            f.set(p.get(at + 2) + i, f.get(p.get(at) + i) + f.get(p.get(at + 1) + i));
        }
    }

    /** out = x · factor (RULES, N20). */
    static void scale(KernelContext context, int at, IntArray p, FloatArray reals, FloatArray f) {
        int i = context.globalIdx;
        if (i < p.get(at + 2)) {
            f.set(p.get(at + 1) + i, f.get(p.get(at) + i) * reals.get(at + 3));
        }
    }

    /** out[r] = x[rows[r]] (RULES, N20): words, never rounded. */
    static void gatherRows(KernelContext context, int at, IntArray p, IntArray words) {
        int i = context.globalIdx;
        if (i < p.get(at + 4)) {
            int width = p.get(at + 5);
            int row = words.get(p.get(at + 1) + p.get(at + 2) + i / width);
            words.set(p.get(at + 3) + i, words.get(p.get(at) + row * width + i % width));
        }
    }

    /** Activations as bf16 (RULES, N3). */
    static void roundRows(KernelContext context, int at, IntArray p, IntArray words, ShortArray halves) {
        int i = context.globalIdx;
        if (i < p.get(at + 2)) {
            halves.set(2 * p.get(at + 1) + i, (short) Arithmetic.bf16OfBits(words.get(p.get(at) + i)));
        }
    }

    /** Rotates pairs of each head by the token's position (RULES, N9). */
    static void rope(KernelContext context, int at, IntArray p, IntArray words, FloatArray f) {
        int i = context.globalIdx;
        if (i < p.get(at + 6)) {
            int pairs = p.get(at + 8);
            int tail = p.get(at + 9);
            int head = i / (pairs + tail);
            int part = i % (pairs + tail);
            int x = p.get(at) + head * (2 * pairs + tail);
            int out = p.get(at + 5) + head * (2 * pairs + tail);
            if (part >= pairs) {
                f.set(out + pairs + part, f.get(x + pairs + part));
            } else {
                int position = words.get(p.get(at + 1) + p.get(at + 2) + head / p.get(at + 7));
                float c = f.get(p.get(at + 3) + position * pairs + part);
                float s = f.get(p.get(at + 4) + position * pairs + part);
                int first = part;
                int second = part + pairs;
                if (p.get(at + 10) != 0) {
                    first = 2 * part;
                    second = first + 1;
                }
                float a = f.get(x + first);
                float b = f.get(x + second);
                f.set(out + first, a * c - b * s);
                f.set(out + second, b * c + a * s);
            }
        }
    }
}
