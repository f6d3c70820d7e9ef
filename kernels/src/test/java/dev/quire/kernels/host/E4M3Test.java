package dev.quire.kernels.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quire.api.format.E4M3;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** 8-bit floats made of integers are those of the SPI (RULES, A8). */
class E4M3Test extends HeaderTests {
    private static final long SEED = Long.getLong("quire.seed", 4711);
    private static final int ROUNDS = 2_000_000;

    private final Random random = new Random(SEED);

    E4M3Test() {
        super("e4m3.h");
    }

    @Test
    void everyCodeHasItsValue() throws Throwable {
        MethodHandle value =
                functions.find("e4m3_float", FunctionDescriptor.of(ValueLayout.JAVA_FLOAT, ValueLayout.JAVA_INT));
        for (int code = 0; code < 256; code++) {
            float actual = (float) value.invokeExact(code);
            assertEquals(Float.floatToIntBits(E4M3.decode((byte) code)), Float.floatToIntBits(actual), "code " + code);
        }
    }

    @Test
    void everyFloatIsRoundedAsTheSpiSays() throws Throwable {
        MethodHandle round =
                functions.find("e4m3_round", FunctionDescriptor.of(ValueLayout.JAVA_BYTE, ValueLayout.JAVA_FLOAT));
        for (int code = 0; code < 0x7e; code++) {
            float low = E4M3.decode((byte) code);
            float middle = (low + E4M3.decode((byte) (code + 1))) / 2;
            for (float x : new float[] {low, Math.nextDown(middle), middle, Math.nextUp(middle)}) {
                assertEquals(E4M3.encode(x), (byte) round.invokeExact(x), "" + x);
                assertEquals(E4M3.encode(-x), (byte) round.invokeExact(-x), "" + -x);
            }
        }
        for (float x : new float[] {448f, Math.nextUp(448f), 464f, 1e30f, Float.POSITIVE_INFINITY, Float.NaN}) {
            assertEquals(E4M3.encode(x), (byte) round.invokeExact(x), "" + x);
        }
        for (int i = 0; i < ROUNDS; i++) {
            float x = Float.intBitsToFloat(random.nextInt());
            assertEquals(E4M3.encode(x), (byte) round.invokeExact(x), x + ", seed " + SEED);
        }
    }
}
