package dev.quire.conformance.models;

import dev.quire.api.WeightSource;
import dev.quire.api.format.BlockDecoder;
import dev.quire.api.format.PlainEncoder;
import dev.quire.api.json.Json;
import dev.quire.api.json.Json.JsonArray;
import dev.quire.api.json.Json.JsonNumber;
import dev.quire.api.json.Json.JsonObject;
import dev.quire.api.json.Json.JsonString;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.WeightFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Weights from a small safetensors file that is wholly in memory: F32, F16 and BF16 tensors of one or two dimensions, which cover the data
 * without gaps. Gives a weight in the format that a program names, and refuses where that would change a value. Safe from any thread.
 */
final class SafetensorsWeights implements WeightSource {
    private static final int LENGTH_BYTES = 8;
    private static final int MAX_HEADER = 1 << 20;
    private static final String METADATA = "__metadata__";

    private final MemorySegment data;
    private final Map<String, Tensor> tensors;

    /**
     * A tensor's place.
     *
     * @param offset of its first byte, in the data
     */
    private record Tensor(String name, WeightFormat format, int rows, int columns, int offset) {
        int bytes() {
            return Math.toIntExact(rows * format.bytes(columns));
        }
    }

    private SafetensorsWeights(MemorySegment data, Map<String, Tensor> tensors) {
        this.data = data;
        this.tensors = tensors;
    }

    /**
     * Checks the header of {@code file}; reads no weights.
     *
     * @throws IllegalArgumentException if it is no such file
     */
    static SafetensorsWeights of(byte[] file) {
        if (file.length < LENGTH_BYTES) {
            throw new IllegalArgumentException("a safetensors file begins with 8 bytes; got " + file.length);
        }
        MemorySegment bytes = MemorySegment.ofArray(file);
        long length = bytes.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
        if (length < 2 || length > Math.min(MAX_HEADER, file.length - LENGTH_BYTES)) {
            throw new IllegalArgumentException("a safetensors header of %s bytes in a file of %d; at most %d are read"
                    .formatted(Long.toUnsignedString(length), file.length, MAX_HEADER));
        }
        Json header = Json.parse(new String(file, LENGTH_BYTES, (int) length, StandardCharsets.UTF_8));
        if (!(header instanceof JsonObject(Map<String, Json> members))) {
            throw new IllegalArgumentException("a safetensors header must be a JSON object");
        }
        Map<String, Tensor> tensors = new HashMap<>();
        members.forEach((name, entry) -> {
            if (!name.equals(METADATA)) {
                tensors.put(name, tensor(name, entry));
            }
        });
        MemorySegment data = bytes.asSlice(LENGTH_BYTES + length);
        requireCover(tensors, data.byteSize());
        return new SafetensorsWeights(data, Map.copyOf(tensors));
    }

    private static Tensor tensor(String name, Json entry) {
        if (entry instanceof JsonObject(Map<String, Json> fields)
                && fields.get("dtype") instanceof JsonString(String dtype)
                && fields.get("shape") instanceof JsonArray(List<Json> shape)
                && fields.get("data_offsets") instanceof JsonArray(List<Json> range)
                && !shape.isEmpty()
                && shape.size() <= 2
                && range.size() == 2) {
            int rows = shape.size() == 1 ? 1 : number(name, shape.getFirst());
            int columns = number(name, shape.getLast());
            int from = number(name, range.getFirst());
            Tensor tensor = new Tensor(name, format(name, dtype), rows, columns, from);
            long end = (long) from + (long) rows * columns * tensor.format().blockBytes();
            if (rows < 1 || columns < 1 || end != number(name, range.getLast())) {
                throw new IllegalArgumentException("tensor '%s' of shape [%d, %d] in %s does not take bytes %d to %s"
                        .formatted(name, rows, columns, dtype, from, range.getLast()));
            }
            return tensor;
        }
        throw new IllegalArgumentException(
                "tensor '%s' needs a dtype, a shape of one or two dimensions and two data_offsets".formatted(name));
    }

    private static WeightFormat format(String name, String dtype) {
        return switch (dtype) {
            case "F32" -> WeightFormat.F32;
            case "F16" -> WeightFormat.F16;
            case "BF16" -> WeightFormat.BF16;
            default ->
                throw new IllegalArgumentException(
                        "tensor '%s' has dtype '%s'; read are F32, F16, BF16".formatted(name, dtype));
        };
    }

    private static int number(String tensor, Json json) {
        if (json instanceof JsonNumber(String literal) && literal.matches("\\d{1,9}")) {
            return Integer.parseInt(literal);
        }
        throw new IllegalArgumentException(
                "tensor '%s' has %s where a number below 10⁹ belongs".formatted(tensor, json));
    }

    /** Tensors follow one another: none overlap, and no byte belongs to none. */
    private static void requireCover(Map<String, Tensor> tensors, long size) {
        List<Tensor> inOrder = new ArrayList<>(tensors.values());
        inOrder.sort(Comparator.comparingInt(Tensor::offset));
        long at = 0;
        for (Tensor tensor : inOrder) {
            if (tensor.offset() != at) {
                throw new IllegalArgumentException(
                        "tensor '%s' begins at byte %d; expected %d".formatted(tensor.name(), tensor.offset(), at));
            }
            at += tensor.bytes();
        }
        if (at != size) {
            throw new IllegalArgumentException("the tensors take %d bytes; the file has %d".formatted(at, size));
        }
    }

    @Override
    public MemorySegment read(WeightRef ref) {
        Tensor tensor = tensors.get(ref.name());
        if (tensor == null || tensor.rows() != ref.rows() || tensor.columns() != ref.columns()) {
            throw new IllegalArgumentException("no weight '%s' of shape [%d, %d]; found: %s"
                    .formatted(ref.name(), ref.rows(), ref.columns(), tensor == null ? "none of that name" : tensor));
        }
        MemorySegment stored = data.asSlice(tensor.offset(), tensor.bytes());
        MemorySegment given = Arena.ofAuto().allocate(ref.bytes(), 64);
        if (tensor.format() == ref.format()) {
            return given.copyFrom(stored).asReadOnly();
        }
        int count = Math.multiplyExact(ref.rows(), ref.columns());
        float[] values = new float[count];
        BlockDecoder.decode(tensor.format(), stored, 0, values, 0, count);
        PlainEncoder.encode(ref.format(), values, 0, given, 0, count);
        requireSame(ref, values, given);
        return given.asReadOnly();
    }

    private static void requireSame(WeightRef ref, float[] values, MemorySegment given) {
        float[] again = new float[values.length];
        BlockDecoder.decode(ref.format(), given, 0, again, 0, again.length);
        for (int i = 0; i < values.length; i++) {
            if (Float.floatToIntBits(values[i]) != Float.floatToIntBits(again[i])) {
                throw new IllegalArgumentException("element %d of weight '%s' is %s, which %s cannot hold"
                        .formatted(i, ref.name(), values[i], ref.format()));
            }
        }
    }
}
