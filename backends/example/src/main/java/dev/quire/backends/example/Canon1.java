package dev.quire.backends.example;

/** The arithmetic of attention in REPRODUCIBLE numerics: each Java operation rounds on its own, as RULES.md asks. */
final class Canon1 {
    private static final float ROUNDER = 12582912f; // 1.5 · 2²³: adding it rounds to an integer
    private static final float[] EXP = {
        1.9875691500e-4f, 1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f
    };
    private static final float[] TANH = {
        -5.70498872745e-3f, 2.06390887954e-2f, -5.37397155531e-2f, 1.33314422036e-1f, -3.33332819422e-1f
    };

    private Canon1() {}

    /** N3. */
    static float bf16(float x) {
        if (Float.isNaN(x)) {
            return Float.NaN;
        }
        int bits = Float.floatToRawIntBits(x);
        int rounded = bits + 0x7fff + (bits >>> 16 & 1) & 0xffff0000;
        return Float.intBitsToFloat((rounded & 0x7fffffff) < 0x23800000 ? rounded & 0x80000000 : rounded);
    }

    /** N5: 32 partial sums, folded by xor 16, 8, 4, 2, 1. */
    static float laneSum(float[] x) {
        float[] lanes = new float[32];
        for (int i = 0; i < x.length; i++) {
            lanes[i % 32] += x[i];
        }
        for (int half = 16; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                lanes[i] += lanes[i + half];
            }
        }
        return lanes[0];
    }

    /** N10. */
    static float exp(float x) {
        if (x > 88f || x < -87f) {
            return x > 0 ? Float.POSITIVE_INFINITY : 0f;
        }
        float k = x * 1.44269504f + ROUNDER - ROUNDER;
        float r = x - k * 0.693359375f - k * -2.12194440e-4f;
        float p = horner(EXP, r) * (r * r) + r + 1f;
        return p * Float.intBitsToFloat((int) k + 127 << 23);
    }

    /** N15. */
    static float tanh(float x) {
        if (Math.abs(x) < 0.625f) {
            return horner(TANH, x * x) * (x * x) * x + x;
        }
        float far = 1f - 2f / (exp(Math.abs(x) * 2f) + 1f);
        return x < 0f ? -far : far;
    }

    private static float horner(float[] coefficients, float x) {
        float p = coefficients[0];
        for (int i = 1; i < coefficients.length; i++) {
            p = p * x + coefficients[i];
        }
        return p;
    }
}
