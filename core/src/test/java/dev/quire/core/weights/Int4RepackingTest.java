package dev.quire.core.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.format.BlockDecoder;
import dev.quire.api.types.WeightFormat;
import dev.quire.core.weights.Int4Parts.Layer;
import dev.quire.core.weights.format.StoredType;
import dev.quire.core.weights.format.WeightFormatException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Matrices of 4 bits, packed here as their formats' writers pack them, word by word. */
class Int4RepackingTest {
    private static final long SEED = 20261123;
    private static final int OUTPUTS = 72;

    @TempDir
    Path folder;

    private final Random random = new Random(SEED);

    private Layer layer(int inputs, int groupSize, Int4Layout layout) {
        int least = layout == Int4Layout.GPTQ ? 1 : 0;
        int[][] codes = new int[inputs][];
        for (int i = 0; i < inputs; i++) {
            codes[i] = random.ints(OUTPUTS, 0, 16).toArray();
        }
        int[][] zeros = new int[inputs / groupSize][];
        float[][] scales = new float[zeros.length][OUTPUTS];
        for (int g = 0; g < zeros.length; g++) {
            zeros[g] = random.ints(OUTPUTS, least, least + 16).toArray();
            for (int n = 0; n < OUTPUTS; n++) {
                scales[g][n] = Float.float16ToFloat(Float.floatToFloat16(random.nextFloat() / 16 + 0.001f));
            }
        }
        return new Layer(codes, zeros, scales);
    }

    @ParameterizedTest
    @EnumSource
    void elementsAreTheScaledDifferencesOfCodesAndZeroPoints(Int4Layout layout) throws IOException { // W7
        System.out.println("quire.seed=" + SEED);
        for (int groupSize : new int[] {32, 64, 128}) {
            Layer layer = layer(256, groupSize, layout);
            Int4Parts parts = new Int4Parts()
                    .layer("a.q_proj", layer, layout)
                    .tensor("a.q_proj.bias", "F16", List.of(2L), ByteBuffer.allocate(4))
                    .tensor("norm.scales", "F16", List.of(2L), ByteBuffer.allocate(4));
            try (Safetensors file = Safetensors.open(parts.write(folder), new Int4Repacking(layout, groupSize))) {
                assertEquals(
                        Set.of("a.q_proj.weight", "a.q_proj.bias", "norm.scales"),
                        file.tensors().keySet());
                Tensor matrix = file.tensor("a.q_proj.weight");
                assertEquals(WeightFormat.valueOf("INT4_G" + groupSize), matrix.format());
                assertEquals(List.of((long) OUTPUTS, 256L), matrix.shape());
                float[] row = new float[256];
                for (int n = 0; n < OUTPUTS; n++) {
                    BlockDecoder.decode(
                            matrix.format(), matrix.data(), n * matrix.format().bytes(256), row, 0, 256);
                    for (int i = 0; i < 256; i++) {
                        assertEquals(layer.value(n, i), row[i], "[%d, %d]".formatted(n, i));
                    }
                }
            }
        }
    }

    @Test
    void inputsThatAreSortedByActivationAreRefused() throws IOException {
        Int4Parts parts = new Int4Parts().layer("a", layer(128, 32, Int4Layout.GPTQ), Int4Layout.GPTQ);
        parts.bytes("a.g_idx").putInt(4 * 5, 3);
        refuses(parts, "'a.g_idx' puts input 5 in group 3, not 0", Int4Layout.GPTQ, 32);
    }

    @Test
    void partsThatDoNotFitAreRefused() throws IOException {
        Int4Parts parts = new Int4Parts().layer("a", layer(128, 32, Int4Layout.AWQ), Int4Layout.AWQ);
        refuses(parts, "'a.qweight' is [128, 9], not [256, 9]", Int4Layout.AWQ, 64);
        refuses(parts, "'a.qweight' is [128, 9], not [16, 72]", Int4Layout.GPTQ, 32);
        parts.bytes("a.scales").putShort(2 * (OUTPUTS + 3), Float.floatToFloat16(Float.NaN));
        refuses(parts, "'a' has the scale NaN at [1, 3]", Int4Layout.AWQ, 32);
        parts.remove("a.qzeros");
        refuses(parts, "'a.qzeros' is missing", Int4Layout.AWQ, 32);
    }

    @Test
    void shapesThatNoMemoryHoldsAreRefusedByName() {
        refusesShape(List.of(1L << 40, 8L), "'a.scales' is [1099511627776, 8], in groups of 32");
        refusesShape(
                List.of((1L << 20) + 1, 8L), "'a.scales' is [1048577, 8], in groups of 32; at most 33554432 inputs");
        refusesShape(List.of(1L, 1L << 33), "'a.scales' is [1, 8589934592]");
    }

    private static void refusesShape(List<Long> shape, String cause) {
        Map<String, Tensor> tensors = Map.of(
                "a.qweight",
                        new Tensor(
                                "a.qweight", new StoredType("I32", 1, 4, Optional.empty()), shape, MemorySegment.NULL),
                "a.scales", new Tensor("a.scales", StoredType.of(WeightFormat.F16), shape, MemorySegment.NULL));
        Int4Repacking repacking = new Int4Repacking(Int4Layout.GPTQ, 32);
        String message = assertThrows(WeightFormatException.class, () -> repacking.apply(tensors, Arena.global()))
                .getMessage();
        assertTrue(message.contains(cause), message);
    }

    @Test
    void aMatrixThatIsThereTwiceIsRefused() throws IOException {
        Int4Parts parts = new Int4Parts().layer("a", layer(128, 32, Int4Layout.AWQ), Int4Layout.AWQ);
        parts.tensor("a.weight", "F16", List.of(2L), ByteBuffer.allocate(4));
        refuses(parts, "'a.weight' is there beside 'a.qweight'", Int4Layout.AWQ, 32);
    }

    private void refuses(Int4Parts parts, String cause, Int4Layout layout, int groupSize) throws IOException {
        Path file = parts.write(folder);
        String message = assertThrows(
                        WeightFormatException.class,
                        () -> Safetensors.open(file, new Int4Repacking(layout, groupSize))
                                .close())
                .getMessage();
        assertTrue(message.contains(cause), message);
    }
}
