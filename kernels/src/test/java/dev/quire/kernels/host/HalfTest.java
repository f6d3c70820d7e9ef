package dev.quire.kernels.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** binary16 made of integers is Java's own (RULES, A7). */
class HalfTest extends HeaderTests {
    private static final long SEED = Long.getLong("quire.seed", 4711);
    private static final int ROUNDS = 2_000_000;

    private final Random random = new Random(SEED);

    HalfTest() {
        super("f16.h");
    }

    @Test
    void everyHalfHasItsValue() throws Throwable {
        MethodHandle value =
                functions.find("f16_float", FunctionDescriptor.of(ValueLayout.JAVA_FLOAT, ValueLayout.JAVA_INT));
        for (int half = 0; half < 1 << 16; half++) {
            float actual = (float) value.invokeExact(half);
            assertEquals(
                    Float.floatToIntBits(Float.float16ToFloat((short) half)),
                    Float.floatToIntBits(actual),
                    Integer.toHexString(half));
        }
    }

    @Test
    void everyFloatIsRoundedToTheNearestHalfAndTiesToTheEvenOne() throws Throwable {
        MethodHandle round =
                functions.find("f16_round", FunctionDescriptor.of(ValueLayout.JAVA_SHORT, ValueLayout.JAVA_FLOAT));
        for (int half = 0; half < 0x7c00; half++) {
            float low = Float.float16ToFloat((short) half);
            float high = half == 0x7bff ? 65536 : Float.float16ToFloat((short) (half + 1));
            float middle = (low + high) / 2;
            for (float x : new float[] {low, Math.nextDown(middle), middle, Math.nextUp(middle)}) {
                check(x, (short) round.invokeExact(x));
                check(-x, (short) round.invokeExact(-x));
            }
        }
        for (int i = 0; i < ROUNDS; i++) {
            float x = Float.intBitsToFloat(random.nextInt());
            check(x, (short) round.invokeExact(x));
        }
        check(Float.POSITIVE_INFINITY, (short) round.invokeExact(Float.POSITIVE_INFINITY));
    }

    /** Payloads of NaN are outside the contract. */
    private static void check(float x, short actual) {
        float expected = Float.float16ToFloat(Float.floatToFloat16(x));
        assertEquals(
                Float.floatToIntBits(expected),
                Float.floatToIntBits(Float.float16ToFloat(actual)),
                x + ", seed " + SEED);
    }
}
