package dev.quire.kernels.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Quotients and roots made of integers are Java's own (RULES, N7). */
class DivisionTest extends HeaderTests {
    private static final long SEED = Long.getLong("quire.seed", 4711);
    private static final int ROUNDS = 2_000_000;
    private static final float[] EDGES = {
        0f,
        -0f,
        Float.MIN_VALUE,
        0x0.fffffep-126f,
        Float.MIN_NORMAL,
        1f,
        0x1.fffffep0f,
        0x1.000002p0f,
        3f,
        Float.MAX_VALUE,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
        Float.NaN
    };

    private final Random random = new Random(SEED);

    DivisionTest() {
        super("division.h");
    }

    @Test
    void quotientsAreCorrectlyRounded() throws Throwable {
        MethodHandle divide = functions.find(
                "integer_division",
                FunctionDescriptor.of(ValueLayout.JAVA_FLOAT, ValueLayout.JAVA_FLOAT, ValueLayout.JAVA_FLOAT));
        for (float a : EDGES) {
            for (float b : EDGES) {
                check(a / b, (float) divide.invokeExact(a, b), a + " / " + b);
            }
        }
        for (int i = 0; i < ROUNDS; i++) {
            float a = number();
            float b = i % 2 == 0 ? number() : near(a);
            check(a / b, (float) divide.invokeExact(a, b), a + " / " + b);
        }
    }

    @Test
    void rootsAreCorrectlyRounded() throws Throwable {
        MethodHandle root =
                functions.find("integer_root", FunctionDescriptor.of(ValueLayout.JAVA_FLOAT, ValueLayout.JAVA_FLOAT));
        for (float a : EDGES) {
            check((float) Math.sqrt(a), (float) root.invokeExact(a), "root of " + a);
        }
        for (int i = 0; i < ROUNDS; i++) {
            float a = number();
            check((float) Math.sqrt(a), (float) root.invokeExact(a), "root of " + a);
        }
    }

    /** Any bits. */
    private float number() {
        return Float.intBitsToFloat(random.nextInt());
    }

    /** A number whose quotient with {@code x} is neither huge nor tiny, subnormal quotients included. */
    private float near(float x) {
        float y = x * (1 + random.nextFloat());
        return random.nextInt(4) == 0 ? y * 0x1p100f * (1 << random.nextInt(30)) : y;
    }

    private static void check(float expected, float actual, String what) {
        assertEquals(Float.floatToIntBits(expected), Float.floatToIntBits(actual), what + ", seed " + SEED);
    }
}
