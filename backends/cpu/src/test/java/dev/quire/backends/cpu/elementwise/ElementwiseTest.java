package dev.quire.backends.cpu.elementwise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.program.Activation;
import dev.quire.api.program.Rotary;
import java.lang.foreign.Arena;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ElementwiseTest {
    private static final int ROWS = 3;

    private interface Trial {
        void run(Arena arena, Random random, String what);
    }

    private static void overSeeds(Trial trial) {
        for (long seed = 1; seed <= 60; seed++) {
            try (Arena arena = Arena.ofConfined()) {
                trial.run(arena, new Random(seed), "seed " + seed);
            }
        }
    }

    private static float[] vector(Random random, int n) {
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }

    private static float fold(float[] lanes) {
        for (int bit = 16; bit > 0; bit /= 2) {
            for (int i = 0; i < bit; i++) {
                lanes[i] = lanes[i] + lanes[i ^ bit];
            }
        }
        return lanes[0];
    }

    @Test
    void rmsNormHasTheBitsOfItsDefinition() {
        overSeeds((arena, random, what) -> {
            int group = 1 + random.nextInt(200);
            int width = group * (1 + random.nextInt(3));
            Optional<float[]> weight = random.nextBoolean() ? Optional.of(vector(random, group)) : Optional.empty();
            float offset = random.nextBoolean() ? 1f : 0f;
            Rows x = Rows.random(arena, ROWS, width, random);
            Rows out = random.nextBoolean() ? Rows.blank(arena, ROWS, width) : x.copy(arena);
            Matrix in = out.matrix.get(0, 0) == x.matrix.get(0, 0) ? out.matrix : x.matrix;
            new RmsNorm(width, group, 1e-5f, weight, offset).rows(in, out.matrix, 0, ROWS);
            for (int row = 0; row < ROWS; row++) {
                float[] y = x.row(row);
                for (int start = 0; start < width; start += group) {
                    float[] lanes = new float[32];
                    for (int i = 0; i < group; i++) {
                        lanes[i % 32] = lanes[i % 32] + y[start + i] * y[start + i];
                    }
                    float r = 1f / (float) Math.sqrt(fold(lanes) / group + 1e-5f);
                    for (int i = 0; i < group; i++) {
                        int at = i;
                        float w = weight.map(v -> offset == 0f ? v[at] : v[at] + offset)
                                .orElse(1f);
                        y[start + i] = y[start + i] * r * w;
                    }
                }
                out.assertRow(row, y, what);
            }
            out.assertGuards(what);
        });
    }

    @Test
    void layerNormHasTheBitsOfItsDefinition() {
        overSeeds((arena, random, what) -> {
            int group = 1 + random.nextInt(200);
            int width = group * (1 + random.nextInt(3));
            Optional<float[]> weight = random.nextBoolean() ? Optional.of(vector(random, group)) : Optional.empty();
            Optional<float[]> bias = random.nextBoolean() ? Optional.of(vector(random, group)) : Optional.empty();
            Rows x = Rows.random(arena, ROWS, width, random);
            Rows out = Rows.blank(arena, ROWS, width);
            new LayerNorm(width, group, 1e-5f, weight, bias).rows(x.matrix, out.matrix, 0, ROWS);
            for (int row = 0; row < ROWS; row++) {
                float[] y = x.row(row);
                for (int start = 0; start < width; start += group) {
                    float[] lanes = new float[32];
                    for (int i = 0; i < group; i++) {
                        lanes[i % 32] = lanes[i % 32] + y[start + i];
                    }
                    float mean = fold(lanes) / group;
                    lanes = new float[32];
                    for (int i = 0; i < group; i++) {
                        float d = y[start + i] - mean;
                        lanes[i % 32] = lanes[i % 32] + d * d;
                    }
                    float r = 1f / (float) Math.sqrt(fold(lanes) / group + 1e-5f);
                    for (int i = 0; i < group; i++) {
                        float z = (y[start + i] - mean) * r;
                        z = weight.isPresent() ? z * weight.get()[i] : z;
                        y[start + i] = bias.isPresent() ? z + bias.get()[i] : z;
                    }
                }
                out.assertRow(row, y, what);
            }
            out.assertGuards(what);
        });
    }

    @ParameterizedTest
    @EnumSource(Rotary.Pairing.class)
    void ropeHasTheBitsOfItsDefinition(Rotary.Pairing pairing) {
        overSeeds((arena, random, what) -> {
            int headSize = 2 + random.nextInt(130);
            int pairs = 1 + random.nextInt(headSize / 2);
            int heads = 1 + random.nextInt(3);
            Rotary rotary = Rotary.of(2 * pairs, 10000, pairing);
            int[] positions = {random.nextInt(50), 0, 49};
            Rows x = Rows.random(arena, ROWS, heads * headSize, random);
            boolean inPlace = random.nextBoolean();
            Rows out = inPlace ? x.copy(arena) : Rows.blank(arena, ROWS, heads * headSize);
            new Rope(rotary, heads, headSize, 50).rows(inPlace ? out.matrix : x.matrix, positions, out.matrix, 0, ROWS);
            float[] cosines = rotary.cosines(50);
            float[] sines = rotary.sines(50);
            for (int row = 0; row < ROWS; row++) {
                float[] y = x.row(row);
                for (int head = 0; head < heads; head++) {
                    for (int i = 0; i < pairs; i++) {
                        boolean half = pairing == Rotary.Pairing.HALF;
                        int first = head * headSize + (half ? i : 2 * i);
                        int second = half ? first + pairs : first + 1;
                        float a = y[first];
                        float b = y[second];
                        float c = cosines[positions[row] * pairs + i];
                        float s = sines[positions[row] * pairs + i];
                        y[first] = a * c - b * s;
                        y[second] = b * c + a * s;
                    }
                }
                out.assertRow(row, y, what + ", " + pairing);
            }
            out.assertGuards(what);
        });
    }

    @Test
    void aPositionPastTheTablesIsRefusedWithTheLimit() {
        try (Arena arena = Arena.ofConfined()) {
            Rows x = Rows.random(arena, 1, 8, new Random(1));
            Rope rope = new Rope(Rotary.of(8, 10000, Rotary.Pairing.HALF), 1, 8, 50);
            var thrown = assertThrows(
                    IllegalArgumentException.class, () -> rope.rows(x.matrix, new int[] {50}, x.matrix, 0, 1));
            assertTrue(thrown.getMessage().contains("0 to 49"), thrown.getMessage());
        }
    }

    @ParameterizedTest
    @EnumSource(Activation.class)
    void activationsHaveTheBitsOfTheirDefinitions(Activation activation) {
        overSeeds((arena, random, what) -> {
            int width = 1 + random.nextInt(200);
            Rows x = Rows.random(arena, ROWS, width, random);
            Rows up = Rows.random(arena, ROWS, width, random);
            Rows out = Rows.blank(arena, ROWS, width);
            Rows gated = Rows.blank(arena, ROWS, width);
            Activate.rows(activation, x.matrix, out.matrix, width, 0, ROWS);
            Activate.gated(activation, x.matrix, up.matrix, gated.matrix, width, 0, ROWS);
            for (int row = 0; row < ROWS; row++) {
                float[] y = x.row(row);
                float[] z = up.row(row);
                for (int i = 0; i < width; i++) {
                    y[i] = Curves.of(activation, y[i]);
                    z[i] = y[i] * z[i];
                }
                out.assertRow(row, y, what + ", " + activation);
                gated.assertRow(row, z, what + ", gated " + activation);
            }
            out.assertGuards(what);
            gated.assertGuards(what);
        });
    }

    @Test
    void activationsAreCloseToTheirFormulas() {
        for (float x = -12f; x < 12f; x += 0.0137f) {
            double tanh = Math.tanh(0.7978845608028654 * (x + 0.044715 * x * x * (double) x));
            assertClose(x / (1 + Math.exp(-x)), Curves.of(Activation.SILU, x), x);
            assertClose(1 / (1 + Math.exp(-x)), Curves.of(Activation.SIGMOID, x), x);
            assertClose(x / (1 + Math.exp(-1.702 * x)), Curves.of(Activation.QUICK_GELU, x), x);
            assertEquals(x / 2 * (1 + tanh), Curves.of(Activation.GELU_TANH, x), 1e-6 * Math.max(1, Math.abs(x)));
            assertClose(Math.tanh(x), Curves.of(Activation.TANH, x), x);
            assertClose(x * phi(x), Curves.of(Activation.GELU, x), x);
            assertClose(Math.exp(x), Exp.of(x), x);
        }
    }

    /** Φ by Simpson's rule on 4,000 intervals, from the tail that keeps its precision. */
    private static double phi(double x) {
        double from = -14;
        double to = -Math.abs(x);
        int n = 4000;
        double h = (to - from) / n;
        double sum = 0;
        for (int i = 0; i <= n; i++) {
            double t = from + i * h;
            double weight = i == 0 || i == n ? 1 : i % 2 == 1 ? 4 : 2;
            sum += weight * Math.exp(-t * t / 2);
        }
        double tail = sum * h / 3 / Math.sqrt(2 * Math.PI);
        return x < 0 ? tail : 1 - tail;
    }

    private static void assertClose(double expected, float actual, float x) {
        // exp(−x²/2) of an argument rounded three times loses some x² ulp.
        double ulps = 6 + 2 * x * x;
        assertEquals(expected, actual, ulps * Math.ulp((float) expected), () -> "at " + x);
    }

    @Test
    void arithmeticHasTheBitsOfItsDefinition() {
        overSeeds((arena, random, what) -> {
            int width = 1 + random.nextInt(200);
            Rows a = Rows.random(arena, ROWS, width, random);
            Rows b = Rows.random(arena, ROWS, width, random);
            Rows sum = Rows.blank(arena, ROWS, width);
            Rows scaled = Rows.blank(arena, ROWS, width);
            Rows capped = Rows.blank(arena, ROWS, width);
            Rows gathered = Rows.blank(arena, ROWS, width);
            Pointwise.add(a.matrix, b.matrix, sum.matrix, width, 0, ROWS);
            Pointwise.scale(a.matrix, 1.7f, scaled.matrix, width, 0, ROWS);
            Pointwise.softCap(a.matrix, 30f, capped.matrix, width, 0, ROWS);
            Pointwise.gather(a.matrix, new int[] {2, 0, 2}, gathered.matrix, width, 0, ROWS);
            for (int row = 0; row < ROWS; row++) {
                float[] x = a.row(row);
                float[] s = b.row(row);
                float[] f = new float[width];
                float[] c = new float[width];
                for (int i = 0; i < width; i++) {
                    s[i] = x[i] + s[i];
                    f[i] = x[i] * 1.7f;
                    c[i] = Tanh.of(x[i] / 30f) * 30f;
                }
                sum.assertRow(row, s, what + ", add");
                scaled.assertRow(row, f, what + ", scale");
                capped.assertRow(row, c, what + ", cap");
                gathered.assertRow(row, a.row(row == 1 ? 0 : 2), what + ", gather");
            }
            sum.assertGuards(what);
            scaled.assertGuards(what);
            capped.assertGuards(what);
            gathered.assertGuards(what);
        });
    }

    @Test
    void argMaxTakesTheLowestIndexOnTiesAndNeverNan() {
        overSeeds((arena, random, what) -> {
            int width = 1 + random.nextInt(300);
            Rows x = Rows.random(arena, 1, width, random);
            for (int i = 0; i < width; i++) {
                // Few distinct values: ties are the rule.
                x.matrix.set(0, i, random.nextInt(5) == 0 ? Float.NaN : random.nextInt(6) - 7f);
            }
            int expected = 0;
            float top = Float.NaN;
            for (int i = 0; i < width; i++) {
                float v = x.matrix.get(0, i);
                if (v > top || (Float.isNaN(top) && !Float.isNaN(v))) {
                    top = v;
                    expected = i;
                }
            }
            assertEquals(expected, ArgMax.of(x.matrix, 0, width), what);
        });
    }

    @Test
    void argMaxOfNothingButMinusInfinityIsTheFirst() {
        try (Arena arena = Arena.ofConfined()) {
            Rows x = Rows.random(arena, 1, 40, new Random(1));
            for (int i = 0; i < 40; i++) {
                x.matrix.set(0, i, i < 3 ? Float.NaN : Float.NEGATIVE_INFINITY);
            }
            assertEquals(3, ArgMax.of(x.matrix, 0, 40));
        }
    }

    @Test
    void bf16RoundsToNearestEvenAndTinyValuesToASignedZero() {
        assertEquals(1f, Bf16.round(1.00390625f), "halfway between 1 and 1.0078125 goes to even");
        assertEquals(1.015625f, Bf16.round(1.01171875f), "halfway above an odd one goes up");
        assertEquals(0x8000, Bf16.bits(-0x1p-57f) & 0xffff);
        assertEquals(0x1p-56f, Bf16.round(0x1p-56f));
        assertEquals(0x7fc0, Bf16.bits(Float.intBitsToFloat(0x7fffffff)) & 0xffff);
        assertEquals(Float.POSITIVE_INFINITY, Bf16.round(Float.MAX_VALUE));
    }
}
