package dev.quire.core.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.format.BlockDecoder;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.WeightFormat;
import dev.quire.core.weights.Int4Parts.Layer;
import dev.quire.core.weights.format.StoredType;
import dev.quire.core.weights.format.WeightFormatException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.IntFunction;
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
                assertRows(layer, Matrix.of(file, TensorView.whole(matrix.name())));
            }
        }
    }

    /** Each row by itself, and rows that are put together with others. */
    private static void assertRows(Layer layer, Matrix matrix) {
        float[] row = new float[256];
        Matrix near = matrix.near(5, OUTPUTS - 5);
        for (int n = 0; n < OUTPUTS; n++) {
            (n < 5 ? matrix : near).decode(n < 5 ? n : n - 5, row);
            for (int i = 0; i < 256; i++) {
                assertEquals(layer.value(n, i), row[i], "[%d, %d]".formatted(n, i));
            }
        }
    }

    /** Loads what the view shows of two layers, as stored and decoded. */
    private void assertLoads(IntFunction<int[]> rowOf, int rows, TensorView view) throws IOException {
        Layer[] layers = {layer(128, 32, Int4Layout.AWQ), layer(128, 32, Int4Layout.AWQ)};
        Int4Parts parts = new Int4Parts().layer("a", layers[0], Int4Layout.AWQ).layer("b", layers[1], Int4Layout.AWQ);
        WeightFile file = Safetensors.open(parts.write(folder), new Int4Repacking(Int4Layout.AWQ, 32));
        try (Checkpoint checkpoint = new Checkpoint(file, name -> view)) {
            float[] row = new float[128];
            for (WeightFormat format : new WeightFormat[] {WeightFormat.INT4_G32, WeightFormat.F32}) {
                MemorySegment bytes = checkpoint.read(new WeightRef("w", rows, 128, format));
                for (int n = 0; n < rows; n++) {
                    BlockDecoder.decode(format, bytes, n * format.bytes(128), row, 0, 128);
                    int[] from = rowOf.apply(n);
                    for (int i = 0; i < 128; i++) {
                        assertEquals(layers[from[0]].value(from[1], i), row[i], "%s [%d, %d]".formatted(format, n, i));
                    }
                }
            }
        }
    }

    @Test
    void layersThatAProgramRunsAsOneAreLoadedAsOne() throws IOException {
        TensorView fused = new TensorView.Stacked(List.of(TensorView.whole("a.weight"), TensorView.whole("b.weight")));
        assertLoads(n -> new int[] {n / OUTPUTS, n % OUTPUTS}, 2 * OUTPUTS, fused);
    }

    @Test
    void rowsThatLieApartAreLoaded() throws IOException {
        assertLoads(
                n -> new int[] {0, 3 * n + 1},
                OUTPUTS / 3,
                TensorView.whole("a.weight").every(3, 1));
        assertLoads(n -> new int[] {1, n + 9}, 30, TensorView.whole("b.weight").rows(9, 30));
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
        parts.remove("a.qzeros");
        refuses(parts, "'a.qzeros' is missing", Int4Layout.AWQ, 32);
    }

    @Test
    void aDamagedScaleIsNamedWhenItsRowIsRead() throws IOException {
        Int4Parts parts = new Int4Parts().layer("a", layer(128, 32, Int4Layout.AWQ), Int4Layout.AWQ);
        parts.bytes("a.scales").putShort(2 * (OUTPUTS + 3), Float.floatToFloat16(Float.NaN));
        WeightFile file = Safetensors.open(parts.write(folder), new Int4Repacking(Int4Layout.AWQ, 32));
        try (Checkpoint checkpoint = new Checkpoint(file, TensorView::whole)) {
            WeightRef ref = new WeightRef("a.weight", OUTPUTS, 128, WeightFormat.INT4_G32);
            String message = assertThrows(WeightFormatException.class, () -> checkpoint.read(ref))
                    .getMessage();
            assertTrue(message.contains("'a' has the scale NaN at [1, 3]"), message);
        }
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
                                "a.qweight",
                                new StoredType("I32", 1, 4, Optional.empty()),
                                shape,
                                new Tensor.Mapped(MemorySegment.NULL)),
                "a.scales",
                        new Tensor(
                                "a.scales",
                                StoredType.of(WeightFormat.F16),
                                shape,
                                new Tensor.Mapped(MemorySegment.NULL)));
        Int4Repacking repacking = new Int4Repacking(Int4Layout.GPTQ, 32);
        String message = assertThrows(WeightFormatException.class, () -> repacking.apply(tensors))
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
