package dev.quire.backends.tornado.device;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/**
 * Elements of caches for kernels in Java (RULES, A7): both sides of attention's products are bf16 with a cache of that, which is Canon 1's, and float32 with
 * the others, which belong to FAST. Kernels inline these; a type is a constant of their task.
 */
final class Cached {
    static final int BF16 = 0;
    static final int F16 = 1;
    static final int F32 = 2;

    private static final int HALF_INFINITY = 0x7c00;

    private Cached() {}

    /**
     * Element {@code i} of a part.
     *
     * @param part where it begins, in words from the start of the arena
     */
    static float load(int type, int part, int i, FloatArray f, ShortArray s) {
        float x;
        if (type == F32) {
            x = f.get(part + i);
        } else if (type == F16) {
            x = Arithmetic.half(s.get(2 * part + i), f);
        } else {
            x = Arithmetic.real(s.get(2 * part + i), f);
        }
        return x;
    }

    /** A factor of a product with a cached element. */
    static float factor(int type, float x, FloatArray f) {
        return type == BF16 ? Arithmetic.rounded(x, f) : x;
    }

    /**
     * The bits of binary16, rounded to nearest even.
     *
     * @param x a float32
     * @param bits those of x, which lie in memory
     */
    static int half(float x, int bits) {
        int magnitude = bits & 0x7fffffff;
        int half = (magnitude + 0xfff + (magnitude >> 13 & 1) >> 13) - 0x1c000;
        if (magnitude < 0x38800000) { // multiples of 2^-24
            float scaled = (x < 0f ? -x : x) * 16777216f;
            half = (int) ((scaled + Arithmetic.ROUNDER) - Arithmetic.ROUNDER);
        }
        if (magnitude >= 0x477ff000) { // 65520 and more
            half = HALF_INFINITY;
        }
        if (magnitude > 0x7f800000) {
            half = HALF_INFINITY | 0x200;
        }
        return half | bits >> 16 & 0x8000;
    }
}
