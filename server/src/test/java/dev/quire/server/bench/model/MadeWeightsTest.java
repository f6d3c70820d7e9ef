package dev.quire.server.bench.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.format.SeededSource;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.WeightFormat;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MadeWeightsTest {
    @ParameterizedTest
    @EnumSource(WeightFormat.class)
    void theSameSeedMakesTheSameBytesInEveryFormatAndFillsThemAll(WeightFormat format) {
        WeightRef ref = new WeightRef("layers.3.w", 150, 256, format);
        MemorySegment bytes = new SeededSource(9).read(ref);
        assertEquals(ref.bytes(), bytes.byteSize());
        assertEquals(-1, bytes.mismatch(new SeededSource(9).read(ref)));
        assertTrue(bytes.mismatch(new SeededSource(10).read(ref)) >= 0);
        MemorySegment last = bytes.asSlice(149 * format.bytes(256));
        assertTrue(last.mismatch(MemorySegment.ofArray(new byte[(int) last.byteSize()])) >= 0);
    }

    @Test
    void vectorsAreFloats() {
        MemorySegment vector = new SeededSource(1).read(WeightRef.vector("norm", 64));
        for (int i = 0; i < 64; i++) {
            assertTrue(Math.abs(vector.getAtIndex(ValueLayout.JAVA_FLOAT, i)) <= 2);
        }
    }

    @Test
    void everyShapeThatComesAlongIsAModel() {
        for (String shape : Shapes.NAMES) {
            try (BenchModel model = BenchModel.made(shape, WeightFormat.Q4_0, 1)) {
                assertTrue(model.forward().ops().size() > 100, shape);
                assertTrue(model.name().startsWith(shape), model.name());
                assertThrows(
                        IllegalArgumentException.class, () -> model.tokenizer().apply("text"));
            }
        }
    }
}
