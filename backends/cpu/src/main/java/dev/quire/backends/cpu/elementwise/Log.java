package dev.quire.backends.cpu.elementwise;

/**
 * The natural logarithm in written steps: x = f · 2ᵉ with f around 1, log f = g − g²/2 + g³·p(g) with g = f − 1 (Cephes' coefficients), and
 * e · ln 2 in two pieces. Within 2 ulp. For log-probabilities, once a row.
 */
public final class Log {
    private static final float HALF_ROOT = 0.70710678f;
    private static final float LN2_HIGH = 0.693359375f;
    private static final float LN2_LOW = -2.12194440e-4f;
    private static final float C8 = 7.0376836292e-2f;
    private static final float C7 = -1.1514610310e-1f;
    private static final float C6 = 1.1676998740e-1f;
    private static final float C5 = -1.2420140846e-1f;
    private static final float C4 = 1.4249322787e-1f;
    private static final float C3 = -1.6668057665e-1f;
    private static final float C2 = 2.0000714765e-1f;
    private static final float C1 = -2.4999993993e-1f;
    private static final float C0 = 3.3333331174e-1f;

    private Log() {}

    /** ln x of a positive normal number, −∞ for 0. */
    public static float of(float x) {
        if (x == 0f) {
            return Float.NEGATIVE_INFINITY;
        }
        int bits = Float.floatToRawIntBits(x);
        float f = Float.intBitsToFloat(bits & 0x007fffff | 0x3f000000);
        boolean low = f < HALF_ROOT;
        float e = (bits >>> 23) - (low ? 127 : 126);
        float g = low ? f + f - 1f : f - 1f;
        float z = g * g;
        float p = C8;
        p = p * g + C7;
        p = p * g + C6;
        p = p * g + C5;
        p = p * g + C4;
        p = p * g + C3;
        p = p * g + C2;
        p = p * g + C1;
        p = p * g + C0;
        float y = p * g * z;
        y = y + e * LN2_LOW;
        y = y - z * 0.5f;
        return g + y + e * LN2_HIGH;
    }
}
