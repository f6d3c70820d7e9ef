package dev.quire.backends.cpu.elementwise;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;

/**
 * exp as one written polynomial (Cephes' coefficients), so that its bits are the same wherever float32 add and multiply are: 2ᵏ·p(r) with k
 * the nearest integer to x/ln 2 and r the rest in two pieces. Within 1 ulp. x above 88 gives +Inf, x below −87 gives 0, NaN gives NaN.
 */
public final class Exp {
    private static final float LOG2_E = 1.44269504f;
    /** 1.5 · 2²³: adding it rounds to an integer, which then lies in the low bits. */
    private static final float ROUNDER = 12582912f;

    private static final int ROUNDER_BITS = 0x4B400000;
    private static final float LN2_HIGH = 0.693359375f;
    private static final float LN2_LOW = -2.12194440e-4f;
    private static final float C5 = 1.9875691500e-4f;
    private static final float C4 = 1.3981999507e-3f;
    private static final float C3 = 8.3334519073e-3f;
    private static final float C2 = 4.1665795894e-2f;
    private static final float C1 = 1.6666665459e-1f;
    private static final float C0 = 5.0000001201e-1f;
    private static final float LARGEST = 88f;
    private static final float SMALLEST = -87f;

    private Exp() {}

    /** eˣ. */
    public static float of(float x) {
        float z = x * LOG2_E + ROUNDER;
        float k = z - ROUNDER;
        int exponent = Float.floatToRawIntBits(z) - ROUNDER_BITS;
        float r = x - k * LN2_HIGH;
        r = r - k * LN2_LOW;
        float p = C5;
        p = p * r + C4;
        p = p * r + C3;
        p = p * r + C2;
        p = p * r + C1;
        p = p * r + C0;
        p = p * (r * r) + r;
        p = p + 1f;
        float y = p * Float.intBitsToFloat((exponent + 127) << 23);
        return x > LARGEST ? Float.POSITIVE_INFINITY : x < SMALLEST ? 0f : y;
    }

    /** eˣ in every lane, the bits of {@link #of(float)}. */
    public static FloatVector of(FloatVector x) {
        FloatVector z = x.mul(LOG2_E).add(ROUNDER);
        FloatVector k = z.sub(ROUNDER);
        IntVector exponent = z.reinterpretAsInts().sub(ROUNDER_BITS);
        FloatVector r = x.sub(k.mul(LN2_HIGH));
        r = r.sub(k.mul(LN2_LOW));
        FloatVector p = r.mul(C5).add(C4);
        p = p.mul(r).add(C3);
        p = p.mul(r).add(C2);
        p = p.mul(r).add(C1);
        p = p.mul(r).add(C0);
        p = p.mul(r.mul(r)).add(r);
        p = p.add(1f);
        FloatVector y = p.mul(exponent.add(127).lanewise(LSHL, 23).reinterpretAsFloats());
        return y.blend(0f, x.compare(LT, SMALLEST)).blend(Float.POSITIVE_INFINITY, x.compare(GT, LARGEST));
    }

    /**
     * s[i] becomes exp(s[i] − max), rounded to bf16 if asked, for whole vectors of scores that are at most {@code max}: the bits of
     * {@link #of(float)} and {@link Bf16#round(float)}. The steps stand here once more, and in one long method, because the compiler stops
     * inlining calls such as {@link #of(FloatVector)} once a caller has grown, and then every vector lands on the heap.
     *
     * @param from first element
     * @param to one past the last, a whole number of vectors further on
     */
    public static void weights(float[] s, int from, int to, float max, boolean rounded) {
        for (int i = from; i < to; i += Lanes.COUNT) {
            FloatVector x = FloatVector.fromArray(Lanes.FLOAT, s, i).sub(max);
            FloatVector z = x.mul(LOG2_E).add(ROUNDER);
            FloatVector k = z.sub(ROUNDER);
            FloatVector r = x.sub(k.mul(LN2_HIGH));
            r = r.sub(k.mul(LN2_LOW));
            FloatVector p = r.mul(C5).add(C4);
            p = p.mul(r).add(C3);
            p = p.mul(r).add(C2);
            p = p.mul(r).add(C1);
            p = p.mul(r).add(C0);
            p = p.mul(r.mul(r)).add(r);
            p = p.add(1f);
            IntVector scale = z.reinterpretAsInts().sub(ROUNDER_BITS - 127).lanewise(LSHL, 23);
            FloatVector y = p.mul(scale.reinterpretAsFloats());
            VectorMask<Float> vanishes = x.compare(LT, SMALLEST);
            if (rounded) {
                IntVector bits = y.reinterpretAsInts();
                FloatVector bf16 = bits.add(0x7fff)
                        .add(bits.lanewise(LSHR, 16).and(1))
                        .and(0xffff0000)
                        .reinterpretAsFloats();
                bf16.blend(0f, vanishes.or(bf16.compare(LT, Bf16.SMALLEST_VALUE)))
                        .intoArray(s, i);
            } else {
                y.blend(0f, vanishes).intoArray(s, i);
            }
        }
    }
}
