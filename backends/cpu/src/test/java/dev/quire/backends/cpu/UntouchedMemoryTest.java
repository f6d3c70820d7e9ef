package dev.quire.backends.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Memory that is not written before it is used still behaves like an arena's. */
class UntouchedMemoryTest {
    /** Where a mapping begins and ends, as Linux lists it. */
    private static final Pattern RANGE = Pattern.compile("([0-9a-f]+)-([0-9a-f]+) ");

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
    void linuxIsAskedForHugePages() throws IOException {
        assumeTrue(Files.exists(Path.of("/sys/kernel/mm/transparent_hugepage")), "this system has none to ask for");
        try (Arena arena = UntouchedMemory.open()) {
            long address = arena.allocate(64L << 20, 2 << 20).address();
            boolean within = false;
            for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
                Matcher range = RANGE.matcher(line);
                if (range.lookingAt()) {
                    within = Long.parseUnsignedLong(range.group(1), 16) <= address
                            && address < Long.parseUnsignedLong(range.group(2), 16);
                } else if (within && line.startsWith("VmFlags:")) {
                    assertTrue((line + " ").contains(" hg "), line);
                    return;
                }
            }
            throw new AssertionError("the system does not list the memory that it gave");
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
