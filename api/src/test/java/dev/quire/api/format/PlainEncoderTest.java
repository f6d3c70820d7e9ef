package dev.quire.api.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.types.WeightFormat;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class PlainEncoderTest {
    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16"})
    void every16BitPatternSurvivesDecodingAndEncoding(WeightFormat format) {
        MemorySegment stored = MemorySegment.ofArray(new byte[2 << 16]);
        for (int bits = 0; bits < 1 << 16; bits++) {
            stored.set(BlockDecoder.SHORT, 2L * bits, (short) bits);
        }
        float[] values = new float[1 << 16];
        BlockDecoder.decode(format, stored, 0, values, 0, values.length);
        MemorySegment again = MemorySegment.ofArray(new byte[2 << 16]);
        PlainEncoder.encode(format, values, 0, again, 0, values.length);
        for (int bits = 0; bits < 1 << 16; bits++) {
            if (Float.isNaN(values[bits])) {
                float[] back = new float[1];
                BlockDecoder.decode(format, again, 2L * bits, back, 0, 1);
                assertTrue(Float.isNaN(back[0]), Integer.toHexString(bits));
            } else {
                assertEquals((short) bits, again.get(BlockDecoder.SHORT, 2L * bits), Integer.toHexString(bits));
            }
        }
    }

    /** Between two neighbours the middle goes to the even one, and everything else to the nearer one. */
    @Test
    void bf16RoundsToTheNearestAndTiesToEven() {
        for (int bits = 0; bits < 0x7F7F; bits++) {
            int low = bits << 16;
            assertEquals(bits, PlainEncoder.toBf16(Float.intBitsToFloat(low | 0x7FFF)));
            assertEquals(bits + (bits & 1), PlainEncoder.toBf16(Float.intBitsToFloat(low | 0x8000)));
            assertEquals(bits + 1, PlainEncoder.toBf16(Float.intBitsToFloat(low | 0x8001)));
            assertEquals((short) (bits + 1 | 0x8000), PlainEncoder.toBf16(-Float.intBitsToFloat(low | 0x8001)));
        }
        assertEquals(0x7F80, PlainEncoder.toBf16(Float.MAX_VALUE));
    }

    @Test
    void aNanWhoseUpperHalfLooksInfiniteStaysANan() {
        assertTrue(Float.isNaN(PlainEncoder.fromBf16(PlainEncoder.toBf16(Float.intBitsToFloat(0x7F800001)))));
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"F32", "F16", "BF16"})
    void refusesToQuantize(WeightFormat format) {
        MemorySegment target = MemorySegment.ofArray(new byte[1024]);
        assertThrows(
                IllegalArgumentException.class, () -> PlainEncoder.encode(format, new float[256], 0, target, 0, 256));
    }

    @Test
    void writesNothingWhenTheTargetIsTooShort() {
        MemorySegment target = MemorySegment.ofArray(new byte[7]);
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> PlainEncoder.encode(WeightFormat.F32, new float[] {1, 2}, 0, target, 0, 2));
        assertEquals(0, target.get(BlockDecoder.FLOAT, 0));
    }
}
