package dev.quire.backends.tornado.device;

import static dev.quire.backends.tornado.KernelConstants.ACTIVATION_GELU;
import static dev.quire.backends.tornado.KernelConstants.ACTIVATION_GELU_TANH;
import static dev.quire.backends.tornado.KernelConstants.ACTIVATION_QUICK_GELU;
import static dev.quire.backends.tornado.KernelConstants.ACTIVATION_RELU;
import static dev.quire.backends.tornado.KernelConstants.ACTIVATION_RELU_SQUARED;
import static dev.quire.backends.tornado.KernelConstants.ACTIVATION_SILU;
import static dev.quire.backends.tornado.KernelConstants.ACTIVATION_TANH;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Canon 1's curves for kernels in Java, with {@link Arithmetic}'s powers of two. Kernels inline these. */
final class Curves {
    private Curves() {}

    /** exp by a polynomial with Cephes' coefficients (RULES, N10). */
    static float exp(float x, FloatArray arena) {
        float k = (x * 1.44269504f + 12582912.0f) - 12582912.0f;
        float r = x - k * 0.693359375f;
        r = r - k * -2.12194440e-4f;
        float p = 1.9875691500e-4f;
        p = p * r + 1.3981999507e-3f;
        p = p * r + 8.3334519073e-3f;
        p = p * r + 4.1665795894e-2f;
        p = p * r + 1.6666665459e-1f;
        p = p * r + 5.0000001201e-1f;
        p = p * (r * r) + r;
        p = p + 1.0f;
        int power = Math.min(Math.max((int) k + Arithmetic.ONE, 0), Arithmetic.POWERS - 1);
        float y = p * arena.get(power);
        if (x > 88.0f) { // or NaN, where the comparison is turned round; it stays NaN
            y = x * Arithmetic.infinity(arena);
        }
        if (x < -87.0f) {
            y = -1.0f / x * 0.0f;
        }
        return y;
    }

    /** log by a polynomial with Cephes' coefficients, for x that is 0 or at least 2^-126 (RULES, N18). */
    static float log(float x, FloatArray arena) {
        int power = Arithmetic.exponent(x, arena);
        float half = x / arena.get(power) * 0.5f; // exact: in [0.5, 1)
        float e = (float) (power - Arithmetic.ONE + 1);
        if (half < 0.70710678f) {
            half = half + half;
            e = e - 1.0f;
        }
        float g = half - 1.0f;
        float z = g * g;
        float p = 7.0376836292e-2f;
        p = p * g + -1.1514610310e-1f;
        p = p * g + 1.1676998740e-1f;
        p = p * g + -1.2420140846e-1f;
        p = p * g + 1.4249322787e-1f;
        p = p * g + -1.6668057665e-1f;
        p = p * g + 2.0000714765e-1f;
        p = p * g + -2.4999993993e-1f;
        p = p * g + 3.3333331174e-1f;
        float y = p * g * z;
        y = y + e * -2.12194440e-4f;
        y = y - z * 0.5f;
        y = g + y + e * 0.693359375f;
        if (x == 0f) {
            y = -Arithmetic.infinity(arena);
        }
        return y;
    }

    /** tanh (RULES, N15). */
    static float tanh(float x, FloatArray arena) {
        float a = x < 0f ? -x : x;
        float s = x * x;
        float p = -5.70498872745e-3f;
        p = p * s + 2.06390887954e-2f;
        p = p * s + -5.37397155531e-2f;
        p = p * s + 1.33314422036e-1f;
        p = p * s + -3.33332819422e-1f;
        float y = p * s * x + x;
        if (!(a < 0.625f)) {
            y = 1.0f - 2.0f / (exp(a * 2.0f, arena) + 1.0f);
            if (x < 0f) {
                y = -y;
            }
        }
        return y;
    }

    /** cap · tanh(x / cap) (RULES, N14). */
    static float capped(float x, float cap, FloatArray arena) {
        return tanh(x / cap, arena) * cap;
    }

    /** The normal distribution function, by a polynomial for its tail (RULES, N16). */
    private static float normalCdf(float x, FloatArray arena) {
        float z = (x < 0f ? -x : x) * 0.70710678f;
        float t = 1.0f / (z * 0.5f + 1.0f);
        float u = t - 0.5f;
        float p = 0.012283876538276672f;
        p = p * u + -0.06797724217176437f;
        p = p * u + 0.04646453261375427f;
        p = p * u + 0.09742482006549835f;
        p = p * u + -0.1029663234949112f;
        p = p * u + -0.17202596366405487f;
        p = p * u + 0.14574384689331055f;
        p = p * u + 0.5589430928230286f;
        p = p * u + 0.6871609091758728f;
        p = p * u + 0.5107913613319397f;
        float tail = exp(-(z * z), arena) * t * p * 0.5f;
        return x < 0.0f ? tail : 1.0f - tail;
    }

    /** An activation by its ordinal (RULES, N16). */
    static float activated(int activation, float x, FloatArray arena) {
        float y;
        if (activation == ACTIVATION_GELU) {
            y = x * normalCdf(x, arena);
        } else if (activation == ACTIVATION_RELU) {
            y = x > 0f ? x : 0f;
        } else if (activation == ACTIVATION_RELU_SQUARED) {
            y = x > 0f ? x * x : 0f;
        } else if (activation == ACTIVATION_TANH) {
            y = tanh(x, arena);
        } else {
            float numerator = x;
            float exponent = -x;
            if (activation == ACTIVATION_GELU_TANH) {
                float cubic = 0.044715f * (x * (x * x));
                exponent = 0.79788456f * (x + cubic) * -2.0f;
            } else if (activation == ACTIVATION_QUICK_GELU) {
                exponent = x * -1.702f;
            } else if (activation != ACTIVATION_SILU) { // a sigmoid
                numerator = 1.0f;
            }
            y = numerator / (exp(exponent, arena) + 1.0f);
        }
        return y;
    }
}
