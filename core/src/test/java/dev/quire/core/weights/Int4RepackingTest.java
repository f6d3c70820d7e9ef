package dev.quire.core.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.format.BlockDecoder;
import dev.quire.api.types.WeightFormat;
import dev.quire.core.weights.format.WeightFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    private static final int[] AWQ_ORDER = {0, 2, 4, 6, 1, 3, 5, 7};

    @TempDir
    Path folder;

    private final Random random = new Random(SEED);
    private final Map<String, Part> parts = new LinkedHashMap<>();

    private record Part(String type, List<Integer> shape, ByteBuffer bytes) {}

    /** Codes, zero points and scales by group size. */
    private record Layer(int[][] codes, int[][] zeros, float[][] scales, int groupSize) {
        float value(int output, int input) {
            int group = input / groupSize;
            return scales[group][output] * (codes[input][output] - zeros[group][output]);
        }
    }

    private Layer layer(int inputs, int groupSize, Int4Layout layout) {
        int least = layout == Int4Layout.GPTQ ? 1 : 0;
        int groups = inputs / groupSize;
        int[][] codes = new int[inputs][];
        int[][] zeros = new int[groups][];
        float[][] scales = new float[groups][OUTPUTS];
        for (int i = 0; i < inputs; i++) {
            codes[i] = random.ints(OUTPUTS, 0, 16).toArray();
        }
        for (int g = 0; g < groups; g++) {
            zeros[g] = random.ints(OUTPUTS, least, least + 16).toArray();
            for (int n = 0; n < OUTPUTS; n++) {
                scales[g][n] = Float.float16ToFloat(Float.floatToFloat16(random.nextFloat() / 16 + 0.001f));
            }
        }
        return new Layer(codes, zeros, scales, groupSize);
    }

    private void add(String module, Layer layer, Int4Layout layout) {
        int inputs = layer.codes.length;
        int groups = layer.zeros.length;
        if (layout == Int4Layout.AWQ) {
            parts.put(
                    module + ".qweight",
                    words(inputs, OUTPUTS / 8, (row, column, i) -> layer.codes[row][column * 8 + AWQ_ORDER[i]]));
            parts.put(
                    module + ".qzeros",
                    words(groups, OUTPUTS / 8, (row, column, i) -> layer.zeros[row][column * 8 + AWQ_ORDER[i]]));
        } else {
            int less = layout == Int4Layout.GPTQ ? 1 : 0;
            parts.put(
                    module + ".qweight",
                    words(inputs / 8, OUTPUTS, (row, column, i) -> layer.codes[row * 8 + i][column]));
            parts.put(
                    module + ".qzeros",
                    words(groups, OUTPUTS / 8, (row, column, i) -> layer.zeros[row][column * 8 + i] - less));
            ByteBuffer order = ByteBuffer.allocate(4 * inputs).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < inputs; i++) {
                order.putInt(i / layer.groupSize);
            }
            parts.put(module + ".g_idx", new Part("I32", List.of(inputs), order));
        }
        ByteBuffer scales = ByteBuffer.allocate(2 * groups * OUTPUTS).order(ByteOrder.LITTLE_ENDIAN);
        for (float[] row : layer.scales) {
            for (float scale : row) {
                scales.putShort(Float.floatToFloat16(scale));
            }
        }
        parts.put(module + ".scales", new Part("F16", List.of(groups, OUTPUTS), scales));
    }

    private interface Nibble {
        int at(int row, int column, int i);
    }

    private static Part words(int rows, int columns, Nibble nibble) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * rows * columns).order(ByteOrder.LITTLE_ENDIAN);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                int word = 0;
                for (int i = 0; i < 8; i++) {
                    word |= nibble.at(row, column, i) << 4 * i;
                }
                bytes.putInt(word);
            }
        }
        return new Part("I32", List.of(rows, columns), bytes);
    }

    private Path write() throws IOException {
        List<String> entries = new ArrayList<>();
        int at = 0;
        for (Map.Entry<String, Part> part : parts.entrySet()) {
            int end = at + part.getValue().bytes.capacity();
            entries.add("\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                    .formatted(part.getKey(), part.getValue().type, part.getValue().shape, at, end));
            at = end;
        }
        ByteBuffer data = ByteBuffer.allocate(at);
        parts.values().forEach(part -> data.put(part.bytes.array()));
        byte[] file = SafetensorsBytes.file("{" + String.join(",", entries) + "}", data.array());
        return Files.write(folder.resolve("model.safetensors"), file);
    }

    @ParameterizedTest
    @EnumSource
    void elementsAreTheScaledDifferencesOfCodesAndZeroPoints(Int4Layout layout) throws IOException { // W7
        System.out.println("quire.seed=" + SEED);
        for (int groupSize : new int[] {32, 64, 128}) {
            parts.clear();
            Layer layer = layer(256, groupSize, layout);
            add("a.q_proj", layer, layout);
            parts.put("a.q_proj.bias", new Part("F16", List.of(2), ByteBuffer.allocate(4)));
            parts.put("norm.scales", new Part("F16", List.of(2), ByteBuffer.allocate(4)));
            try (Safetensors file = Safetensors.open(write(), new Int4Repacking(layout, groupSize))) {
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
        add("a", layer(128, 32, Int4Layout.GPTQ), Int4Layout.GPTQ);
        parts.get("a.g_idx").bytes.putInt(4 * 5, 3);
        refuses("'a.g_idx' puts input 5 in group 3, not 0", Int4Layout.GPTQ, 32);
    }

    @Test
    void partsThatDoNotFitAreRefused() throws IOException {
        add("a", layer(128, 32, Int4Layout.AWQ), Int4Layout.AWQ);
        refuses("'a.qweight' is [128, 9], not [256, 9]", Int4Layout.AWQ, 64);
        refuses("'a.qweight' is [128, 9], not [16, 72]", Int4Layout.GPTQ, 32);
        parts.get("a.scales").bytes.putShort(2 * (OUTPUTS + 3), Float.floatToFloat16(Float.NaN));
        refuses("'a' has the scale NaN at [1, 3]", Int4Layout.AWQ, 32);
        parts.remove("a.qzeros");
        refuses("'a.qzeros' is missing", Int4Layout.AWQ, 32);
    }

    private void refuses(String cause, Int4Layout layout, int groupSize) throws IOException {
        Path file = write();
        String message = assertThrows(
                        WeightFormatException.class,
                        () -> Safetensors.open(file, new Int4Repacking(layout, groupSize))
                                .close())
                .getMessage();
        assertTrue(message.contains(cause), message);
    }
}
