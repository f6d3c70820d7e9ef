package dev.quire.backends.cpu.elementwise;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Rounding to bf16: to nearest even in integer arithmetic, then magnitudes below 2⁻⁵⁶ become a zero of the same sign, so that the product of
 * two rounded values is exact in float32 and never subnormal. NaN becomes the quiet NaN 0x7fc0.
 */
public final class Bf16 {
    /** The bits of a float that bf16 keeps. */
    public static final int HIGH = 0xffff0000;

    /** Bits of the float that every NaN becomes. */
    public static final int NAN = 0x7fc00000;

    /** Bits of the infinite float. */
    public static final int INFINITY = 0x7f800000;

    /** Smaller magnitudes become zero. */
    static final float SMALLEST_VALUE = 0x1p-56f;

    /** Bits of the smallest float that stays. */
    public static final int SMALLEST = (127 - 56) << 23;

    private Bf16() {}

    /** The bf16 nearest to {@code x}, as a float. */
    public static float round(float x) {
        return Float.intBitsToFloat(roundedBits(x));
    }

    /** The bf16 nearest to {@code x}, as its 16 bits. */
    public static short bits(float x) {
        return (short) (roundedBits(x) >>> 16);
    }

    /** The float that 16 bf16 bits stand for. */
    public static float toFloat(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    private static int roundedBits(float x) {
        int bits = Float.floatToRawIntBits(x);
        int magnitude = bits & 0x7fffffff;
        if (magnitude > INFINITY) {
            return NAN;
        }
        int rounded = (bits + 0x7fff + ((bits >>> 16) & 1)) & HIGH;
        return (rounded & 0x7fffffff) < SMALLEST ? rounded & 0x80000000 : rounded;
    }

    /** Every lane rounded: the bf16 bits in the upper half of each int, zeros below. */
    public static IntVector roundBits(FloatVector x) {
        IntVector bits = x.reinterpretAsInts();
        IntVector rounded = bits.add(0x7fff).add(bits.lanewise(LSHR, 16).and(1)).and(HIGH);
        IntVector flushed =
                rounded.blend(rounded.and(0x80000000), rounded.and(0x7fffffff).compare(LT, SMALLEST));
        return flushed.blend(NAN, bits.and(0x7fffffff).compare(GT, INFINITY));
    }

    /** Every lane rounded. */
    public static FloatVector round(FloatVector x) {
        return roundBits(x).reinterpretAsFloats();
    }

    /** The floats in the lower halves of pairs of bf16. */
    public static FloatVector low(IntVector pairs) {
        return pairs.lanewise(LSHL, 16).reinterpretAsFloats();
    }

    /** The floats in the upper halves of pairs of bf16. */
    public static FloatVector high(IntVector pairs) {
        return pairs.and(HIGH).reinterpretAsFloats();
    }
}
