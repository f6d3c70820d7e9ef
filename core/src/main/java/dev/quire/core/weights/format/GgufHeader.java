package dev.quire.core.weights.format;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The header of a GGUF file of version 2 or 3: metadata, then the tensors and where they lie.
 *
 * @param metadata key-value pairs
 * @param tensors by name, in the order of the file
 */
public record GgufHeader(GgufMetadata metadata, Map<String, TensorInfo> tensors) {
    private static final int MAGIC = 0x46554747;
    private static final int MAX_PAIRS = 1 << 16;
    private static final int MAX_ALIGNMENT = 1 << 20;
    private static final int MAX_RANK = 4;
    private static final String ALIGNMENT = "general.alignment";

    /** Bytes of the shortest key-value pair: an empty key, a type, one byte. */
    private static final int LEAST_PAIR = 8 + 4 + 1;

    /** Bytes of the shortest tensor: an empty name, one dimension, type and offset. */
    private static final int LEAST_TENSOR = 8 + 4 + 8 + 4 + 8;

    /**
     * Reads the header of {@code file}.
     *
     * @throws WeightFormatException if it is not one, or if it and the file contradict each other
     */
    public static GgufHeader read(MappedFile file) {
        FileReport report = file.report();
        GgufCursor cursor = new GgufCursor(file.bytes(), report);
        refuseOtherFormats(file, cursor, report);
        int tensorCount = cursor.count("tensors", TensorTable.MAX_TENSORS, LEAST_TENSOR);
        int pairs = cursor.count("metadata pairs", MAX_PAIRS, LEAST_PAIR);
        if (tensorCount == 0) {
            throw report.refused(
                    "it has no tensors, perhaps a vocabulary alone; choose a file with the model's weights");
        }
        GgufMetadata metadata = new GgufMetadata(file.name(), metadata(cursor, pairs, report));
        long alignment = alignment(metadata, report);
        List<TensorInfo> declared = new ArrayList<>();
        TensorTable table = new TensorTable(report);
        for (int i = 0; i < tensorCount; i++) {
            declared.add(tensor(cursor, table, alignment, report));
        }
        long dataStart = Math.ceilDiv(cursor.position(), alignment) * alignment;
        for (TensorInfo tensor : declared) {
            table.add(new TensorInfo(
                    tensor.name(), tensor.type(), tensor.shape(), dataStart + tensor.offset(), tensor.bytes()));
        }
        return new GgufHeader(
                metadata,
                Collections.unmodifiableMap(table.placed(dataStart, file.bytes().byteSize())));
    }

    private static void refuseOtherFormats(MappedFile file, GgufCursor cursor, FileReport report) {
        int magic = cursor.int32("the magic");
        if (magic != MAGIC) {
            throw report.refused(
                    "it begins with 0x%08x, not with \"GGUF\" (0x%08x); it is not a GGUF file", magic, MAGIC);
        }
        int version = cursor.int32("the version");
        if (version == 2 || version == 3) {
            return;
        }
        int swapped = file.bytes().get(JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN), 4);
        if (swapped == 2 || swapped == 3) {
            throw report.refused("it is a big-endian GGUF file; Quire reads little-endian ones: convert it");
        }
        throw report.refused(
                "it is of GGUF version %s; Quire reads 2 and 3: convert it", Integer.toUnsignedString(version));
    }

    private static Map<String, GgufValue> metadata(GgufCursor cursor, int pairs, FileReport report) {
        Map<String, GgufValue> values = new LinkedHashMap<>();
        for (int i = 0; i < pairs; i++) {
            String key = cursor.text("the key of metadata pair " + i);
            String what = "metadata " + FileReport.quote(key);
            GgufValue value = cursor.value(cursor.type(what), what);
            if (values.putIfAbsent(key, value) != null) {
                throw report.damaged("%s is given twice", what);
            }
        }
        return values;
    }

    private static long alignment(GgufMetadata metadata, FileReport report) {
        int alignment = metadata.integer(ALIGNMENT, 32);
        if (alignment < 8 || alignment > MAX_ALIGNMENT || Integer.bitCount(alignment) != 1) {
            throw report.damaged(
                    "metadata '%s' is %d; expected a power of two from 8 to %d", ALIGNMENT, alignment, MAX_ALIGNMENT);
        }
        return alignment;
    }

    /** A tensor whose offset still counts from the start of the data. */
    private static TensorInfo tensor(GgufCursor cursor, TensorTable table, long alignment, FileReport report) {
        String name = cursor.text("the name of a tensor");
        String what = "tensor " + FileReport.quote(name);
        int rank = cursor.int32("the rank of " + what);
        if (rank < 1 || rank > MAX_RANK) {
            throw report.damaged("%s has %s dimensions; expected 1 to 4", what, Integer.toUnsignedString(rank));
        }
        List<Long> innermostFirst = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            innermostFirst.add(cursor.int64("the shape of " + what));
        }
        int number = cursor.int32("the type of " + what);
        StoredType type = GgufTensorTypes.find(number)
                .orElseThrow(() -> report.refused(
                        "%s is of type %s, which no table of GGUF types that Quire knows has; convert it to F16 or Q8_0",
                        what, Integer.toUnsignedString(number)));
        long offset = cursor.int64("the offset of " + what);
        if (offset < 0 || offset % alignment != 0 || offset > Long.MAX_VALUE / 2) {
            throw report.damaged(
                    "%s lies at offset %s; expected a multiple of %d", what, Long.toUnsignedString(offset), alignment);
        }
        List<Long> shape = innermostFirst.reversed();
        long bytes = table.bytes(name, type, shape);
        if (innermostFirst.getFirst() % type.blockElements() != 0) {
            throw report.damaged(
                    "%s has rows of %d elements, which do not fill blocks of %d in type %s",
                    what, innermostFirst.getFirst(), type.blockElements(), type);
        }
        return new TensorInfo(name, type, shape, offset, bytes);
    }
}
