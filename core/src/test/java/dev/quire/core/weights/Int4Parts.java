package dev.quire.core.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes checkpoints with matrices of 4 bits for tests, word by word as the formats' own writers pack them, also wrong ones. */
public final class Int4Parts {
    private static final int[] AWQ_ORDER = {0, 2, 4, 6, 1, 3, 5, 7};

    private final Map<String, Part> parts = new LinkedHashMap<>();

    private record Part(String type, List<Long> shape, ByteBuffer bytes) {}

    /**
     * A matrix taken apart.
     *
     * @param codes [inputs][outputs], 0 to 15
     * @param zeros [groups][outputs]
     * @param scales [groups][outputs], exact in binary16
     */
    public record Layer(int[][] codes, int[][] zeros, float[][] scales) {
        /** Inputs that share a scale. */
        int groupSize() {
            return codes.length / zeros.length;
        }

        int outputs() {
            return codes[0].length;
        }

        /** What it means. */
        public float value(int output, int input) {
            int group = input / groupSize();
            return scales[group][output] * (codes[input][output] - zeros[group][output]);
        }
    }

    /** Adds the parts of {@code module}. */
    public Int4Parts layer(String module, Layer layer, Int4Layout layout) {
        int inputs = layer.codes.length;
        int groups = layer.zeros.length;
        int outputs = layer.outputs();
        if (layout == Int4Layout.AWQ) {
            words(
                    module + ".qweight",
                    inputs,
                    outputs / 8,
                    (row, column, i) -> layer.codes[row][column * 8 + AWQ_ORDER[i]]);
            words(
                    module + ".qzeros",
                    groups,
                    outputs / 8,
                    (row, column, i) -> layer.zeros[row][column * 8 + AWQ_ORDER[i]]);
        } else {
            int less = layout == Int4Layout.GPTQ ? 1 : 0;
            words(module + ".qweight", inputs / 8, outputs, (row, column, i) -> layer.codes[row * 8 + i][column]);
            words(module + ".qzeros", groups, outputs / 8, (row, column, i) -> layer.zeros[row][column * 8 + i] - less);
            ByteBuffer order = buffer(4 * inputs);
            for (int i = 0; i < inputs; i++) {
                order.putInt(i / layer.groupSize());
            }
            tensor(module + ".g_idx", "I32", List.of((long) inputs), order);
        }
        ByteBuffer scales = buffer(2 * groups * outputs);
        for (float[] row : layer.scales) {
            for (float scale : row) {
                scales.putShort(Float.floatToFloat16(scale));
            }
        }
        return tensor(module + ".scales", "F16", List.of((long) groups, (long) outputs), scales);
    }

    /** Adds or replaces any tensor. */
    public Int4Parts tensor(String name, String type, List<Long> shape, ByteBuffer bytes) {
        parts.put(name, new Part(type, shape, bytes));
        return this;
    }

    /** The bytes of a tensor, to be damaged. */
    ByteBuffer bytes(String name) {
        return parts.get(name).bytes;
    }

    void remove(String name) {
        parts.remove(name);
    }

    private interface Nibble {
        int at(int row, int column, int i);
    }

    private void words(String name, int rows, int columns, Nibble nibble) {
        ByteBuffer bytes = buffer(4 * rows * columns);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                int word = 0;
                for (int i = 0; i < 8; i++) {
                    word |= nibble.at(row, column, i) << 4 * i;
                }
                bytes.putInt(word);
            }
        }
        tensor(name, "I32", List.of((long) rows, (long) columns), bytes);
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Writes {@code model.safetensors}, and returns its path. */
    public Path write(Path folder) throws IOException {
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
        return Files.write(folder.resolve(Safetensors.SINGLE), file);
    }
}
