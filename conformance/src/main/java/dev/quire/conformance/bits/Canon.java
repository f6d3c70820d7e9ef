package dev.quire.conformance.bits;

import dev.quire.api.program.Activation;
import dev.quire.api.program.Mask;
import dev.quire.conformance.interpreter.ExpertChoice;
import dev.quire.conformance.interpreter.KeyRows;

/**
 * The arithmetic of Canon 1, one method per written rule. Java's float operations are the rounded operations of RULES.md, in the order of the
 * source. Stateless; safe from any thread. Not final: the kit's own tests override one method to build a backend with one fault.
 */
public class Canon {
    /** The version that hashes name. */
    public static final String VERSION = "Canon 1";

    /** Partial sums of a dot. */
    public static final int LANES = 32;

    /** Tokens of an attention segment. */
    public static final int SEGMENT = 512;

    private static final int HIGH = 0xffff0000;
    private static final int MAGNITUDE = 0x7fffffff;
    private static final int INFINITY = 0x7f800000;
    private static final int NAN = 0x7fc00000;
    /** 2⁻⁵⁶. */
    private static final int SMALLEST_BF16 = 0x23800000;
    /** 1.5 · 2²³: adding it rounds to an integer, which then lies in the low bits. */
    private static final float ROUNDER = 12582912f;

    private static final float[] EXP = {
        1.9875691500e-4f, 1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f
    };
    private static final float[] LOG = {
        7.0376836292e-2f,
        -1.1514610310e-1f,
        1.1676998740e-1f,
        -1.2420140846e-1f,
        1.4249322787e-1f,
        -1.6668057665e-1f,
        2.0000714765e-1f,
        -2.4999993993e-1f,
        3.3333331174e-1f
    };
    private static final float[] TANH = {
        -5.70498872745e-3f, 2.06390887954e-2f, -5.37397155531e-2f, 1.33314422036e-1f, -3.33332819422e-1f
    };
    private static final float[] ERFC = {
        0.012283876538276672f,
        -0.06797724217176437f,
        0.04646453261375427f,
        0.09742482006549835f,
        -0.1029663234949112f,
        -0.17202596366405487f,
        0.14574384689331055f,
        0.5589430928230286f,
        0.6871609091758728f,
        0.5107913613319397f
    };

    /** The bf16 nearest to {@code x}, as a float (N3). */
    public float bf16(float x) {
        int bits = Float.floatToRawIntBits(x);
        if ((bits & MAGNITUDE) > INFINITY) {
            return Float.intBitsToFloat(NAN);
        }
        int rounded = (bits + 0x7fff + (bits >>> 16 & 1)) & HIGH;
        return Float.intBitsToFloat((rounded & MAGNITUDE) < SMALLEST_BF16 ? rounded & ~MAGNITUDE : rounded);
    }

    /** Every element rounded by {@link #bf16}. */
    public final float[] narrowed(float[] x) {
        float[] narrow = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            narrow[i] = bf16(x[i]);
        }
        return narrow;
    }

    /** Folds 32 partial sums in place by xor 16, 8, 4, 2, 1 (N5). */
    public float fold(float[] lanes) {
        for (int half = LANES / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                lanes[i] = lanes[i] + lanes[i + half];
            }
        }
        return lanes[0];
    }

    /** A dot of {@code n} elements (N5). */
    public float dot(float[] a, int aAt, float[] b, int bAt, int n) {
        float[] lanes = new float[LANES];
        int whole = n - n % LANES;
        for (int first = 0; first < LANES; first += 8) {
            eightLanes(a, aAt + first, b, bAt + first, whole, lanes, first);
        }
        for (int i = whole; i < n; i++) {
            lanes[i - whole] = lanes[i - whole] + a[aAt + i] * b[bAt + i];
        }
        return fold(lanes);
    }

    /** Eight of the partial sums, in variables so that they stay in registers. */
    private static void eightLanes(float[] a, int aAt, float[] b, int bAt, int whole, float[] lanes, int first) {
        float c0 = 0f;
        float c1 = 0f;
        float c2 = 0f;
        float c3 = 0f;
        float c4 = 0f;
        float c5 = 0f;
        float c6 = 0f;
        float c7 = 0f;
        for (int i = 0; i < whole; i += LANES) {
            int x = aAt + i;
            int y = bAt + i;
            c0 = c0 + a[x] * b[y];
            c1 = c1 + a[x + 1] * b[y + 1];
            c2 = c2 + a[x + 2] * b[y + 2];
            c3 = c3 + a[x + 3] * b[y + 3];
            c4 = c4 + a[x + 4] * b[y + 4];
            c5 = c5 + a[x + 5] * b[y + 5];
            c6 = c6 + a[x + 6] * b[y + 6];
            c7 = c7 + a[x + 7] * b[y + 7];
        }
        lanes[first] = c0;
        lanes[first + 1] = c1;
        lanes[first + 2] = c2;
        lanes[first + 3] = c3;
        lanes[first + 4] = c4;
        lanes[first + 5] = c5;
        lanes[first + 6] = c6;
        lanes[first + 7] = c7;
    }

    /** Eight dots over slices of K, folded by xor 4, 2, 1 (N6). */
    public float slicedDot(float[] a, int aAt, float[] b, int bAt, int n) {
        float[] slices = new float[8];
        for (int j = 0; j < 8; j++) {
            int from = (int) ((long) j * n / 8);
            int to = (int) ((j + 1L) * n / 8);
            slices[j] = dot(a, aAt + from, b, bAt + from, to - from);
        }
        return ((slices[0] + slices[4]) + (slices[2] + slices[6]))
                + ((slices[1] + slices[5]) + (slices[3] + slices[7]));
    }

    /** A lane sum of {@code n} elements (N5). */
    public float sum(float[] x, int at, int n) {
        float[] lanes = new float[LANES];
        for (int i = 0; i < n; i++) {
            lanes[i % LANES] = lanes[i % LANES] + x[at + i];
        }
        return fold(lanes);
    }

    /** A lane sum of d · d with d = x − mean (N8, N17). */
    public float squares(float[] x, int at, int n, float mean) {
        float[] lanes = new float[LANES];
        for (int i = 0; i < n; i++) {
            float d = x[at + i] - mean;
            lanes[i % LANES] = lanes[i % LANES] + d * d;
        }
        return fold(lanes);
    }

    /** 1 / √(sum / n + eps) (N8). */
    public float inverseRoot(float sum, int n, float eps) {
        return 1f / (float) Math.sqrt(sum / n + eps);
    }

    /** eˣ (N10). */
    public float exp(float x) {
        if (x > 88f) {
            return Float.POSITIVE_INFINITY;
        }
        if (x < -87f) {
            return 0f;
        }
        float z = x * 1.44269504f + ROUNDER;
        float k = z - ROUNDER;
        float r = x - k * 0.693359375f;
        r = r - k * -2.12194440e-4f;
        float p = horner(EXP, r) * (r * r) + r;
        p = p + 1f;
        return p * Float.intBitsToFloat((int) k + 127 << 23);
    }

    /** The natural logarithm of a positive normal number; log(0) = −∞ (N18). */
    public float log(float x) {
        if (!(x > 0f)) {
            return x == 0f ? Float.NEGATIVE_INFINITY : Float.NaN;
        }
        int bits = Float.floatToRawIntBits(x);
        float e = (bits >>> 23) - 126;
        float f = Float.intBitsToFloat(bits & 0x007fffff | 0x3f000000);
        float g;
        if (f < 0.70710678f) {
            e = e - 1f;
            g = f + f - 1f;
        } else {
            g = f - 1f;
        }
        float z = g * g;
        float y = horner(LOG, g) * g * z;
        y = y + e * -2.12194440e-4f;
        y = y - z * 0.5f;
        return g + y + e * 0.693359375f;
    }

    /** tanh(x) (N15). */
    public float tanh(float x) {
        float a = Math.abs(x);
        if (a < 0.625f) {
            float s = x * x;
            return horner(TANH, s) * s * x + x;
        }
        float far = 1f - 2f / (exp(a * 2f) + 1f);
        return x < 0f ? -far : far;
    }

    /** Φ(x), the normal distribution function (N16). */
    public float normalCdf(float x) {
        float z = Math.abs(x) * 0.70710678f;
        float t = 1f / (z * 0.5f + 1f);
        float tail = exp(-(z * z)) * t * horner(ERFC, t - 0.5f) * 0.5f;
        return x < 0f ? tail : 1f - tail;
    }

    /** An activation (N16). */
    public float activate(Activation activation, float x) {
        return switch (activation) {
            case SILU -> x / (1f + exp(-x));
            case SIGMOID -> 1f / (1f + exp(-x));
            case QUICK_GELU -> x / (1f + exp(x * -1.702f));
            case GELU -> x * normalCdf(x);
            case GELU_TANH -> {
                float u = 0.79788456f * (x + 0.044715f * (x * (x * x)));
                yield x / (1f + exp(u * -2f));
            }
            case TANH -> tanh(x);
            case RELU -> x > 0f ? x : 0f;
            case RELU_SQUARED -> x > 0f ? x * x : 0f;
        };
    }

    /** cap · tanh(x / cap) (N14, N20). */
    public float softCap(float x, float cap) {
        return cap * tanh(x / cap);
    }

    /** One half of a rotation: a · c + b · s (N9). */
    public float rotated(float a, float c, float b, float s) {
        return a * c + b * s;
    }

    /** How far a logit lies below the largest, in units of the temperature (S4). */
    public float tempered(float below, float temperature) {
        return below / temperature;
    }

    /** Whether an expert's score goes before that of an expert with a lower number (N21). */
    public boolean beats(float score, float lower) {
        return ExpertChoice.beats(score, lower);
    }

    /** sum + gate · x (N23). */
    public float plusProduct(float sum, float gate, float x) {
        return sum + gate * x;
    }

    /** Tokens of an attention segment (N11). */
    public int segment() {
        return SEGMENT;
    }

    /** What a score contributes: bf16(exp(s − m)) (N11). */
    public float weight(float score, float max) {
        return bf16(exp(score - max));
    }

    /** Whether a query sees a key (A1). */
    public boolean visible(Mask mask, int position, int keyPosition) {
        return KeyRows.visible(mask, position, keyPosition);
    }

    /** The KV head that query head {@code head} reads (A4). */
    public int kvHead(int head, int heads, int kvHeads) {
        return head / (heads / kvHeads);
    }

    /** Where attention finds keys (A2, M4). */
    public KeyRows keys(KeyRows rows) {
        return rows;
    }

    /** c₀ first: ((c₀ · x + c₁) · x + c₂) …, each product and sum rounded. */
    private static float horner(float[] coefficients, float x) {
        float p = coefficients[0];
        for (int i = 1; i < coefficients.length; i++) {
            p = p * x + coefficients[i];
        }
        return p;
    }
}
