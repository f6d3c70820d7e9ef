package dev.quire.api.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.program.WeightRef;
import dev.quire.api.types.WeightFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SeededWeightTest {
    private static final long SEED = Long.getLong("quire.seed", 4711);

    @Test
    void theGeneratorIsPhilox() { // the known answers of Salmon et al.'s Random123, kat_vectors
        assertArrayEquals(new int[] {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}, Philox.block(0, 0, 0, 0));
    }

    @ParameterizedTest
    @EnumSource
    void elementsAreFiniteWithMeanNearZeroAndTheRootOfTheColumnsForTheirSize(WeightFormat format) { // W8
        for (int columns : new int[] {256, 4096, 14336}) {
            WeightRef ref = new WeightRef("layers.3.w", (1 << 16) / columns, columns, format);
            float[] values = values(ref);
            double sum = 0;
            double squares = 0;
            for (float value : values) {
                assertTrue(Float.isFinite(value), "%s, seed %d: %s".formatted(ref, SEED, value));
                sum += value;
                squares += (double) value * value;
            }
            double root = Math.sqrt(columns);
            double size = Math.sqrt(squares / values.length) * root;
            assertTrue(size > 0.2 && size < 2, "%s, seed %d: size %s/√columns".formatted(ref, SEED, size));
            double mean = sum / values.length * root;
            assertTrue(Math.abs(mean) < 0.15 * size, "%s, seed %d: mean %s/√columns".formatted(ref, SEED, mean));
        }
    }

    @ParameterizedTest
    @EnumSource
    void rowsRepeatAfterThoseThatDiffer(WeightFormat format) { // W8
        WeightRef ref = new WeightRef("w", SeededWeight.ROWS + 2, 256, format);
        MemorySegment bytes = bytes(ref, SEED);
        long row = format.bytes(256);
        assertEquals(-1, bytes.asSlice(SeededWeight.ROWS * row).mismatch(bytes.asSlice(0, 2 * row)));
        assertTrue(bytes.asSlice(0, row).mismatch(bytes.asSlice(row, row)) >= 0);
    }

    @Test
    void wordsAreThoseOfTheRule() { // W8, worked out from its text by another program
        MemorySegment bytes = bytes(new WeightRef("layers.3.w", 3, 12, WeightFormat.BF16), 0x0123456789abcdefL);
        int[] expected = {0x3d60, 0x3df3, 0x3e1a, 0x3e94, 0xbd09, 0x3da9, 0x3e65, 0x3e60, 0xbdea, 0x3dca, 0x3d9d, 0x3dfd
        };
        for (int i = 0; i < expected.length; i++) {
            assertEquals((short) expected[i], bytes.get(ValueLayout.JAVA_SHORT, 2L * (2 * 12 + i)), "word " + i);
        }
    }

    @Test
    void seedsAndNamesDiffer() { // W8
        WeightRef ref = new WeightRef("w", 2, 64, WeightFormat.BF16);
        MemorySegment bytes = bytes(ref, SEED);
        assertTrue(bytes.mismatch(bytes(ref, SEED + 1)) >= 0);
        assertTrue(bytes.mismatch(bytes(ref, SEED + (1L << 32))) >= 0);
        assertTrue(bytes.mismatch(bytes(new WeightRef("v", 2, 64, WeightFormat.BF16), SEED)) >= 0);
    }

    private static float[] values(WeightRef ref) {
        MemorySegment bytes = bytes(ref, SEED);
        float[] values = new float[ref.rows() * ref.columns()];
        long row = ref.format().bytes(ref.columns());
        for (int n = 0; n < ref.rows(); n++) {
            BlockDecoder.decode(ref.format(), bytes, n * row, values, n * ref.columns(), ref.columns());
        }
        return values;
    }

    private static MemorySegment bytes(WeightRef ref, long seed) {
        MemorySegment bytes = Arena.ofAuto().allocate(ref.bytes(), Long.BYTES);
        new SeededWeight(ref, seed).write(bytes);
        return bytes;
    }
}
