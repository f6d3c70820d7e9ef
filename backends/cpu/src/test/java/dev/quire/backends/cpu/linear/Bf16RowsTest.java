package dev.quire.backends.cpu.linear;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.backends.cpu.elementwise.Bf16;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

class Bf16RowsTest {
    private static final int COUNT = 4099;

    @Test
    void vectorsRoundAsTheScalarDoes() {
        Samples samples = new Samples("vectorsRoundAsTheScalarDoes");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment x = arena.allocate(4L * COUNT, 64);
            for (int i = 0; i < COUNT; i++) {
                int bits = samples.random().nextInt();
                x.setAtIndex(JAVA_INT, i, i % 3 == 0 ? bits & 0xffff8000 : bits);
            }
            float[] special = {
                Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0f, Float.MAX_VALUE, Float.MIN_VALUE
            };
            for (int i = 0; i < special.length; i++) {
                x.setAtIndex(JAVA_FLOAT, i, special[i]);
            }
            x.setAtIndex(JAVA_INT, special.length, 0x7f80_0001);
            MemorySegment narrow = arena.allocate(2L * COUNT, 64);
            MemorySegment wide = arena.allocate(4L * COUNT, 64);
            Bf16Rows.narrow(x, 0, COUNT, narrow, 0);
            Bf16Rows.round(x, 0, COUNT, wide, 0);
            for (int i = 0; i < COUNT; i++) {
                float value = x.getAtIndex(JAVA_FLOAT, i);
                assertEquals(Bf16.bits(value), narrow.getAtIndex(JAVA_SHORT, i));
                assertEquals(Bf16.bits(value) << 16, wide.getAtIndex(JAVA_INT, i));
            }
        }
    }

    @Test
    void theScalarIsTheNearestWithTiesToEven() {
        Samples samples = new Samples("theScalarIsTheNearestWithTiesToEven");
        for (int i = 0; i < 20_000; i++) {
            int magnitude = samples.random().nextInt(0x2400_0000, 0x4000_0000) & (i % 2 == 0 ? 0xffff_8000 : -1);
            float value = Float.intBitsToFloat(magnitude | samples.random().nextInt() & 0x8000_0000);
            float below = Float.intBitsToFloat(Float.floatToRawIntBits(value) & 0xffff_0000);
            float above = Float.intBitsToFloat((Float.floatToRawIntBits(value) & 0xffff_0000) + 0x1_0000);
            int nearer = new BigDecimal(value)
                    .subtract(new BigDecimal(below))
                    .abs()
                    .compareTo(new BigDecimal(above)
                            .subtract(new BigDecimal(value))
                            .abs());
            boolean belowIsEven = (Float.floatToRawIntBits(below) >>> 16 & 1) == 0;
            assertEquals(nearer < 0 || nearer == 0 && belowIsEven ? below : above, Bf16.round(value));
        }
        assertEquals(0x8000_0000, Float.floatToRawIntBits(Bf16.round(-0x1.fcp-57f)));
        assertEquals(0x1p-56f, Bf16.round(0x1.ffp-57f));
        assertTrue(Float.isNaN(Bf16.round(Float.intBitsToFloat(0x7f80_0001))));
        assertEquals(Float.POSITIVE_INFINITY, Bf16.round(Float.MAX_VALUE));
    }
}
