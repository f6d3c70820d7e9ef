package dev.quire.backends.cpu.attention;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quire.api.format.E4M3;
import dev.quire.api.format.PlainEncoder;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** RULES A8. */
class E4M3LinesTest {
    @Test
    void everyCodeIsDecodedToWhatItMeans() {
        MemorySegment codes = MemorySegment.ofArray(new byte[256]);
        for (int code = 0; code < 256; code++) {
            codes.set(ValueLayout.JAVA_BYTE, code, (byte) code);
        }
        MemorySegment wide = MemorySegment.ofArray(new byte[512]);
        E4M3Lines.decode(codes, 0, wide, 0, 256);
        for (int code = 0; code < 256; code++) {
            float decoded = PlainEncoder.fromBf16(wide.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * code));
            float expected = E4M3.decode((byte) code);
            assertEquals(Float.floatToIntBits(expected), Float.floatToIntBits(decoded), "code " + code);
        }
    }
}
