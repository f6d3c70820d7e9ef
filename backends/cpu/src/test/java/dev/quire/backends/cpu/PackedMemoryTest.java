package dev.quire.backends.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Layers lie one beside the other, each in memory of its own. */
class PackedMemoryTest {
    private static final long SEED = Long.getLong("quire.seed", 11);

    @Test
    void piecesReadAsZeroAreAlignedAndDoNotOverlap() {
        SplittableRandom random = new SplittableRandom(SEED);
        try (Arena arena = new PackedMemory()) {
            List<MemorySegment> pieces = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                long alignment = 1L << random.nextInt(13);
                MemorySegment piece = arena.allocate(random.nextLong(1, 5_000_000), alignment);
                assertEquals(0, piece.address() % alignment, "seed %d, piece %d".formatted(SEED, i));
                assertEquals(-1, piece.mismatch(MemorySegment.ofArray(new byte[(int) piece.byteSize()])));
                piece.fill((byte) (i + 1));
                pieces.add(piece);
            }
            for (int i = 0; i < pieces.size(); i++) {
                MemorySegment piece = pieces.get(i);
                for (long at = 0; at < piece.byteSize(); at += Math.max(1, piece.byteSize() / 997)) {
                    assertEquals(
                            (byte) (i + 1),
                            piece.get(ValueLayout.JAVA_BYTE, at),
                            "seed %d, piece %d".formatted(SEED, i));
                }
            }
        }
    }

    @Test
    void smallLayersAreNeighbours() {
        try (Arena arena = new PackedMemory()) {
            MemorySegment first = arena.allocate(10_000, 4096);
            assertEquals(12_288, arena.allocate(10_000, 4096).address() - first.address());
            assertEquals(
                    0,
                    arena.allocate(100_000_000, 64).address() % (2 << 20),
                    "a large one is aligned as huge pages are");
            assertEquals(
                    24_576,
                    arena.allocate(10_000, 4096).address() - first.address(),
                    "and takes nothing of the small ones' stretch");
        }
    }

    @Test
    void closedMemoryCannotBeReadOrAllocated() {
        Arena arena = new PackedMemory();
        MemorySegment memory = arena.allocate(1000, 64);
        assertTrue(arena.scope().isAlive());
        arena.close();
        assertThrows(IllegalStateException.class, () -> memory.get(ValueLayout.JAVA_BYTE, 0));
        assertThrows(IllegalStateException.class, () -> arena.allocate(1000, 64));
    }
}
