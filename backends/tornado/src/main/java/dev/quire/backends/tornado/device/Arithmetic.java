package dev.quire.backends.tornado.device;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Canon 1's functions for kernels in Java. TornadoVM turns no computed float into its bits or back, so exponents come from a table of powers of two
 * at the start of the arena, and floats of 16 bits from tables of all of them behind it. Kernels inline these.
 */
final class Arithmetic {
    /** Powers of two at the start: 2^-126 to 2^127. */
    static final int POWERS = 254;
    /** Where 1 stands among them. */
    static final int ONE = 126;
    /** Where the float32 of each of IEEE's halves stands, by its bits. */
    static final int HALVES = 256;
    /** Where that of each bf16 does. */
    static final int BF16S = HALVES + (1 << Short.SIZE);
    /** Floats of all tables. */
    static final int TABLES = BF16S + (1 << Short.SIZE);

    /** Adding and subtracting it rounds a float below it to an integer. */
    static final float ROUNDER = 8388608f;

    private Arithmetic() {}

    /** What the arena begins with: {@link #TABLES} floats. */
    static void fill(MemorySegment tables) {
        for (int i = 0; i < POWERS; i++) {
            tables.setAtIndex(ValueLayout.JAVA_FLOAT, i, Math.scalb(1f, i - ONE));
        }
        for (int bits = 0; bits < 1 << Short.SIZE; bits++) {
            tables.setAtIndex(ValueLayout.JAVA_FLOAT, HALVES + bits, Float.float16ToFloat((short) bits));
            tables.setAtIndex(ValueLayout.JAVA_FLOAT, BF16S + bits, Float.intBitsToFloat(bits << Short.SIZE));
        }
    }

    /** The bits of x as bf16, rounded to nearest even; magnitudes below 2^-56 become a zero of the same sign (RULES, N3). NaN is outside the contract. */
    static int bf16(float x, FloatArray arena) {
        float magnitude = x < 0f ? -x : x;
        int exponent = exponent(magnitude, arena);
        float scaled = magnitude / arena.get(exponent) * 128f; // exact: in [128, 256), or infinite
        float rounded = (scaled + ROUNDER) - ROUNDER;
        int bits = ((exponent + 1) << 7) + (int) rounded - 128;
        if (bits < 0x2380) {
            bits = 0;
        }
        if (magnitude > 3.4028235e38f) {
            bits = 0x7f80;
        }
        if (x < 0f || (magnitude == 0f && 1f / x < 0f)) {
            bits = bits | 0x8000;
        }
        return bits;
    }

    /** Where the largest power of two in the table is that is not above {@code magnitude}, or 0. */
    static int exponent(float magnitude, FloatArray arena) {
        int exponent = 0;
        for (int step = 128; step > 0; step = step >> 1) {
            int next = exponent + step;
            if (next < POWERS && magnitude >= arena.get(next)) {
                exponent = next;
            }
        }
        return exponent;
    }

    /** {@link #bf16} of the bits of a float32 that lies in memory, which costs no search. */
    static int bf16OfBits(int bits) {
        int rounded = (bits + 0x7fff + ((bits >> 16) & 1)) & 0xffff0000;
        if ((rounded & 0x7fffffff) < 0x23800000) {
            rounded = rounded & 0x80000000;
        }
        if ((bits & 0x7fffffff) > 0x7f800000) {
            rounded = 0x7fc00000;
        }
        return rounded >> 16;
    }

    /** The float32 of a bf16. */
    static float real(int bits, FloatArray arena) {
        return arena.get(BF16S + (bits & 0xffff));
    }

    /** The float32 of IEEE's half. */
    static float half(int bits, FloatArray arena) {
        return arena.get(HALVES + (bits & 0xffff));
    }

    /** No constant of it compiles. */
    static float infinity(FloatArray arena) {
        return arena.get(POWERS - 1) * arena.get(POWERS - 1);
    }

    /** x rounded to bf16 (RULES, N3), a negative zero perhaps to a positive one; NaN stays NaN, whichever way comparisons are turned. */
    static float rounded(float x, FloatArray arena) {
        return real(bf16(x, arena), arena) + 1f / (x * x + 1f) * 0f;
    }
}
