package dev.quire.backends.cpu.elementwise;

import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;

/**
 * tanh in written steps: below 0.625 an odd polynomial (Cephes' coefficients), above it 1 − 2 / (exp(2|x|) + 1) with the sign of x. Within
 * 2 ulp.
 */
public final class Tanh {
    private static final float EDGE = 0.625f;
    private static final float C4 = -5.70498872745e-3f;
    private static final float C3 = 2.06390887954e-2f;
    private static final float C2 = -5.37397155531e-2f;
    private static final float C1 = 1.33314422036e-1f;
    private static final float C0 = -3.33332819422e-1f;

    private Tanh() {}

    /** tanh(x). */
    public static float of(float x) {
        float a = Math.abs(x);
        float s = x * x;
        float p = C4;
        p = p * s + C3;
        p = p * s + C2;
        p = p * s + C1;
        p = p * s + C0;
        float near = p * s * x + x;
        float far = 1f - 2f / (Exp.of(a * 2f) + 1f);
        return a < EDGE ? near : x < 0f ? -far : far;
    }

    /** tanh(x) in every lane, the bits of {@link #of(float)}. */
    public static FloatVector of(FloatVector x) {
        FloatVector a = x.abs();
        FloatVector e = Exp.of(a.mul(2f));
        FloatVector s = x.mul(x);
        FloatVector p = s.mul(C4).add(C3);
        p = p.mul(s).add(C2);
        p = p.mul(s).add(C1);
        p = p.mul(s).add(C0);
        FloatVector near = p.mul(s).mul(x).add(x);
        FloatVector far =
                FloatVector.broadcast(Lanes.FLOAT, 2f).div(e.add(1f)).neg().add(1f);
        FloatVector signed = far.blend(far.neg(), x.compare(LT, 0f));
        return signed.blend(near, a.compare(LT, EDGE));
    }
}
