package dev.quire.conformance.bits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.program.Activation;
import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class CanonTest {
    private static final long SEED = Long.getLong("quire.seed", 4711);

    private final Canon canon = new Canon();
    private final Random random = new Random(SEED);

    @Test
    void bf16IsTheNearestValueAndTiesGoToTheEvenOne() { // N3
        for (int i = 0; i < 200_000; i++) {
            float x = Float.intBitsToFloat(random.nextInt());
            if (Float.isNaN(x) || Math.abs(x) < 0x1p-55f) {
                continue;
            }
            float below = Float.intBitsToFloat(Float.floatToRawIntBits(x) & 0xffff0000);
            float above = Float.intBitsToFloat((Float.floatToRawIntBits(x) & 0xffff0000) + 0x10000);
            double low = Math.abs((double) x - below);
            double high = Math.abs((Float.isInfinite(above) ? Math.copySign(0x1p128, x) : above) - (double) x);
            boolean even = (Float.floatToRawIntBits(below) & 0x10000) == 0;
            float expected = low < high || low == high && even ? below : above;
            assertEquals(expected, canon.bf16(x), () -> "x=%s seed=%d".formatted(x, SEED));
        }
    }

    @Test
    void bf16KeepsSignsOfWhatItFlushesAndMakesOneNan() { // N3
        assertEquals(bits(0f), bits(canon.bf16(0x0.ffp-56f)));
        assertEquals(bits(-0f), bits(canon.bf16(-0x0.ffp-56f)));
        assertEquals(0x1p-56f, canon.bf16(0x0.ffffp-56f), "rounding comes before the flush");
        assertEquals(bits(-0f), bits(canon.bf16(-Float.MIN_VALUE)));
        assertEquals(Float.NEGATIVE_INFINITY, canon.bf16(Float.NEGATIVE_INFINITY));
        assertEquals(Float.POSITIVE_INFINITY, canon.bf16(Float.MAX_VALUE));
        assertEquals(0x7fc00000, bits(canon.bf16(Float.intBitsToFloat(0xffffffff))));
        assertEquals(0x7fc00000, bits(canon.bf16(Float.intBitsToFloat(0x7f800001))));
    }

    @Test
    void theFoldIsTheButterflyOfAnyLane() { // N5
        float[] lanes = floats(Canon.LANES);
        float[] butterfly = lanes.clone();
        for (int mask = 16; mask > 0; mask /= 2) {
            float[] before = butterfly.clone();
            for (int i = 0; i < butterfly.length; i++) {
                butterfly[i] = before[i] + before[i ^ mask];
            }
        }
        float folded = canon.fold(lanes.clone());
        for (float lane : butterfly) {
            assertEquals(bits(folded), bits(lane), "seed " + SEED);
        }
    }

    @Test
    void paddingWithZerosChangesNoDotAndFusingNoDotOfBf16() { // N5, N3
        for (int n = 0; n < 200; n++) {
            float[] a = canon.narrowed(Arrays.copyOf(floats(n), 256));
            float[] b = canon.narrowed(Arrays.copyOf(floats(n), 256));
            float dot = canon.dot(a, 0, b, 0, n);
            assertEquals(bits(dot), bits(canon.dot(a, 0, b, 0, 256)), "n=%d seed=%d".formatted(n, SEED));
            float[] lanes = new float[Canon.LANES];
            for (int i = 0; i < n; i++) {
                lanes[i % 32] = Math.fma(a[i], b[i], lanes[i % 32]);
            }
            assertEquals(bits(dot), bits(canon.fold(lanes)), "n=%d seed=%d".formatted(n, SEED));
        }
    }

    @Test
    void eightSlicesAreEightDots() { // N6
        for (int n : new int[] {1, 7, 8, 33, 1000}) {
            float[] a = floats(n);
            float[] b = floats(n);
            float[] part = new float[8];
            for (int j = 0; j < 8; j++) {
                int from = j * n / 8;
                part[j] = canon.dot(a, from, b, from, (j + 1) * n / 8 - from);
            }
            for (int half = 4; half > 0; half /= 2) {
                for (int i = 0; i < half; i++) {
                    part[i] = part[i] + part[i + half];
                }
            }
            assertEquals(bits(part[0]), bits(canon.slicedDot(a, 0, b, 0, n)), "n=%d seed=%d".formatted(n, SEED));
        }
    }

    @Test
    void aSumIsADotWithOnes() { // N5, N8, N17
        float[] x = floats(777);
        float[] ones = new float[x.length];
        Arrays.fill(ones, 1f);
        assertEquals(bits(canon.dot(x, 0, ones, 0, x.length)), bits(canon.sum(x, 0, x.length)), "seed " + SEED);
        assertEquals(bits(canon.dot(x, 5, x, 5, 700)), bits(canon.squares(x, 5, 700, 0f)), "seed " + SEED);
    }

    @Test
    void expIsWithinOneUlpAndNeverSubnormal() { // N10
        assertWithin(1, -87, 88, canon::exp, StrictMath::exp);
        assertEquals(0f, canon.exp(Math.nextDown(-87f)));
        assertEquals(Float.POSITIVE_INFINITY, canon.exp(Math.nextUp(88f)));
        assertTrue(canon.exp(-87f) >= Float.MIN_NORMAL);
        assertTrue(canon.exp(88f) < Float.POSITIVE_INFINITY);
        assertEquals(1f, canon.exp(-0f));
        assertTrue(Float.isNaN(canon.exp(Float.NaN)));
    }

    @Test
    void logIsWithinTwoUlp() { // N18
        assertWithin(2, 1, 1e6, canon::log, StrictMath::log);
        assertWithin(2, 1e-6, 1, canon::log, StrictMath::log);
        assertEquals(0f, canon.log(1f));
        assertEquals(Float.NEGATIVE_INFINITY, canon.log(0f));
        assertTrue(Float.isNaN(canon.log(Float.NaN)));
    }

    @Test
    void tanhIsWithinTwoUlp() { // N15
        assertWithin(2, -10, 10, canon::tanh, StrictMath::tanh);
        assertEquals(1f, canon.tanh(Float.POSITIVE_INFINITY));
        assertEquals(-1f, canon.tanh(-100f));
    }

    @Test
    void activationsOfLargeNumbersAreTheirLimits() { // N16
        for (Activation act : Activation.values()) {
            float high = canon.activate(act, 60f);
            float low = canon.activate(act, -60f);
            switch (act) {
                case TANH -> assertEquals(-1f, low);
                case SIGMOID -> assertEquals(1f, high);
                case RELU_SQUARED -> assertEquals(3600f, high);
                default -> assertEquals(60f, high, act.name());
            }
            assertTrue(act == Activation.TANH || Math.abs(low) < 1e-20f, act + " " + low);
        }
    }

    private interface Scalar {
        float of(float x);
    }

    private void assertWithin(double ulps, double from, double to, Scalar written, DoubleUnaryOperator exact) {
        double worst = 0;
        for (int i = 0; i < 300_000; i++) {
            float x = (float) (from + (to - from) * random.nextDouble());
            double expected = exact.applyAsDouble(x);
            double ulp = Math.max(Math.ulp((float) expected), Float.MIN_NORMAL);
            worst = Math.max(worst, Math.abs(written.of(x) - expected) / ulp);
        }
        assertTrue(worst <= ulps, "%s ulp, seed %d".formatted(worst, SEED));
    }

    private float[] floats(int n) {
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }

    private static int bits(float x) {
        return Float.floatToRawIntBits(x);
    }
}
