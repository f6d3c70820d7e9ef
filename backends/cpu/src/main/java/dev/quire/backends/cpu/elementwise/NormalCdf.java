package dev.quire.backends.cpu.elementwise;

import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;

/**
 * Φ(x), the normal distribution function, as erfc(|x|/√2)/2 reflected: with z = |x|/√2 and t = 1/(1 + z/2),
 * erfc(z) = exp(−z²)·t·p(t − 1/2), where p is a minimax polynomial of degree 9 fitted for relative error (2·10⁻⁸ before rounding).
 */
public final class NormalCdf {
    private static final float HALF_ROOT = 0.70710678f;
    private static final float C9 = 0.012283876538276672f;
    private static final float C8 = -0.06797724217176437f;
    private static final float C7 = 0.04646453261375427f;
    private static final float C6 = 0.09742482006549835f;
    private static final float C5 = -0.1029663234949112f;
    private static final float C4 = -0.17202596366405487f;
    private static final float C3 = 0.14574384689331055f;
    private static final float C2 = 0.5589430928230286f;
    private static final float C1 = 0.6871609091758728f;
    private static final float C0 = 0.5107913613319397f;

    private NormalCdf() {}

    /** Φ(x). */
    public static float of(float x) {
        float z = Math.abs(x) * HALF_ROOT;
        float t = 1f / (z * 0.5f + 1f);
        float u = t - 0.5f;
        float p = C9;
        p = p * u + C8;
        p = p * u + C7;
        p = p * u + C6;
        p = p * u + C5;
        p = p * u + C4;
        p = p * u + C3;
        p = p * u + C2;
        p = p * u + C1;
        p = p * u + C0;
        float tail = Exp.of(-(z * z)) * t * p * 0.5f;
        return x < 0f ? tail : 1f - tail;
    }

    /** Φ(x) in every lane, the bits of {@link #of(float)}. */
    public static FloatVector of(FloatVector x) {
        FloatVector z = x.abs().mul(HALF_ROOT);
        FloatVector e = Exp.of(z.mul(z).neg());
        FloatVector t = FloatVector.broadcast(Lanes.FLOAT, 1f).div(z.mul(0.5f).add(1f));
        FloatVector u = t.sub(0.5f);
        FloatVector p = u.mul(C9).add(C8);
        p = p.mul(u).add(C7);
        p = p.mul(u).add(C6);
        p = p.mul(u).add(C5);
        p = p.mul(u).add(C4);
        p = p.mul(u).add(C3);
        p = p.mul(u).add(C2);
        p = p.mul(u).add(C1);
        p = p.mul(u).add(C0);
        FloatVector tail = e.mul(t).mul(p).mul(0.5f);
        FloatVector rest = tail.neg().add(1f);
        return rest.blend(tail, x.compare(LT, 0f));
    }
}
