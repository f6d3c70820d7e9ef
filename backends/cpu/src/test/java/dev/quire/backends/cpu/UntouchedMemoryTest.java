package dev.quire.backends.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** Memory that is not written before it is used still behaves like an arena's. */
class UntouchedMemoryTest {
    @Test
    void memoryReadsAsZeroAndIsAligned() {
        try (Arena arena = UntouchedMemory.open()) {
            assertInstanceOf(UntouchedMemory.class, arena, "the tests run with native access");
            for (long bytes : new long[] {1, 63, 4096, 100_000_000}) {
                MemorySegment memory = arena.allocate(bytes, 64);
                assertEquals(bytes, memory.byteSize());
                assertEquals(0, memory.address() % 64);
                for (long at = 0; at < bytes; at += Math.max(1, bytes / 997)) {
                    assertEquals(0, memory.get(ValueLayout.JAVA_BYTE, at));
                }
                memory.set(ValueLayout.JAVA_BYTE, bytes - 1, (byte) 7);
            }
        }
    }

    @Test
    void closedMemoryCannotBeRead() {
        Arena arena = UntouchedMemory.open();
        MemorySegment memory = arena.allocate(1000, 64);
        arena.close();
        assertThrows(IllegalStateException.class, () -> memory.get(ValueLayout.JAVA_BYTE, 0));
    }

    @Test
    void moreThanThereIsIsAnOutOfMemoryError() {
        try (Arena arena = UntouchedMemory.open()) {
            assertThrows(OutOfMemoryError.class, () -> arena.allocate(1L << 60, 64));
        }
    }
}
