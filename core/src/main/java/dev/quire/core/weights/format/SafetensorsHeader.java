package dev.quire.core.weights.format;

import static com.fasterxml.jackson.core.JsonToken.END_ARRAY;
import static com.fasterxml.jackson.core.JsonToken.FIELD_NAME;
import static com.fasterxml.jackson.core.JsonToken.START_ARRAY;
import static com.fasterxml.jackson.core.JsonToken.START_OBJECT;
import static com.fasterxml.jackson.core.JsonToken.VALUE_NUMBER_INT;
import static com.fasterxml.jackson.core.JsonToken.VALUE_STRING;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the header of a safetensors file: 8 bytes of length, then JSON that gives each tensor a type, a shape and a range of the data behind
 * it. The ranges must cover the data without gaps, so that nothing can hide in a file. The free text of {@code __metadata__} is skipped.
 */
public final class SafetensorsHeader {
    private static final int LENGTH_BYTES = 8;
    private static final long MAX_LENGTH = 100_000_000;
    private static final String METADATA = "__metadata__";
    static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(4)
                    .maxNameLength(4096)
                    .maxStringLength(16_000_000)
                    .maxNumberLength(24)
                    .build())
            .build();

    private final FileReport report;
    private final TensorTable table;
    private final long dataStart;
    private final long fileEnd;

    private SafetensorsHeader(FileReport report, long dataStart, long fileEnd) {
        this.report = report;
        this.table = new TensorTable(report);
        this.dataStart = dataStart;
        this.fileEnd = fileEnd;
    }

    /**
     * The tensors of {@code file} by name.
     *
     * @throws WeightFormatException if the header is not one, or if it and the file contradict each other
     */
    public static Map<String, TensorInfo> read(MappedFile file) {
        FileReport report = file.report();
        long size = file.bytes().byteSize();
        if (size < LENGTH_BYTES) {
            throw report.damaged("it has %d bytes, fewer than a safetensors file begins with (8)", size);
        }
        long length = file.bytes().get(JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
        if (length < 2 || length > MAX_LENGTH) {
            throw report.refused(
                    "its header would be %s bytes long, not 2 to %d; it is not a safetensors file",
                    Long.toUnsignedString(length), MAX_LENGTH);
        }
        if (length > size - LENGTH_BYTES) {
            throw report.damaged("its header is %d bytes long, but only %d bytes follow", length, size - LENGTH_BYTES);
        }
        byte[] json = file.bytes().asSlice(LENGTH_BYTES, length).toArray(JAVA_BYTE);
        return new SafetensorsHeader(report, LENGTH_BYTES + length, size).parse(json);
    }

    /** What the parser says, without its note on where the text came from. */
    static String reason(IOException e) {
        return e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
    }

    private Map<String, TensorInfo> parse(byte[] json) {
        try (JsonParser parser = JSON.createParser(json)) {
            expect(parser, parser.nextToken(), START_OBJECT, "the header");
            while (parser.nextToken() == FIELD_NAME) {
                String name = parser.currentName();
                expect(parser, parser.nextToken(), START_OBJECT, "entry " + FileReport.quote(name));
                if (name.equals(METADATA)) {
                    parser.skipChildren();
                } else {
                    table.add(tensor(name, parser));
                }
            }
            if (parser.nextToken() != null) {
                throw report.damaged("its header goes on behind the closing brace");
            }
        } catch (IOException e) {
            throw report.damaged("its header is not JSON that a safetensors file may have (%s)", reason(e));
        }
        Map<String, TensorInfo> tensors = table.placed(dataStart, fileEnd);
        refuseGaps();
        return tensors;
    }

    private TensorInfo tensor(String name, JsonParser parser) throws IOException {
        Optional<String> type = Optional.empty();
        Optional<List<Long>> shape = Optional.empty();
        Optional<List<Long>> range = Optional.empty();
        while (parser.nextToken() == FIELD_NAME) {
            String field = parser.currentName();
            String what = "'%s' of tensor %s".formatted(field, FileReport.quote(name));
            JsonToken value = parser.nextToken();
            switch (field) {
                case "dtype" -> {
                    expect(parser, value, VALUE_STRING, what);
                    type = once(type, parser.getText(), what);
                }
                case "shape" -> shape = once(shape, numbers(parser, what), what);
                case "data_offsets" -> range = once(range, numbers(parser, what), what);
                default -> throw report.damaged("%s is unknown; known: dtype, shape, data_offsets", what);
            }
        }
        if (type.isEmpty() || shape.isEmpty() || range.isEmpty()) {
            throw report.damaged("tensor %s lacks one of dtype, shape and data_offsets", FileReport.quote(name));
        }
        return placed(name, type.get(), shape.get(), range.get());
    }

    private TensorInfo placed(String name, String typeName, List<Long> shape, List<Long> range) {
        StoredType type = SafetensorsTypes.find(typeName)
                .orElseThrow(() -> report.refused(
                        "tensor %s has the unknown dtype %s; known: %s",
                        FileReport.quote(name), FileReport.quote(typeName), SafetensorsTypes.names()));
        long data = fileEnd - dataStart;
        if (range.size() != 2 || range.get(0) < 0 || range.get(1) < range.get(0) || range.get(1) > data) {
            throw report.damaged(
                    "tensor %s has data_offsets %s, not two ascending positions in %d bytes of data",
                    FileReport.quote(name), range.size() > 2 ? range.subList(0, 2) + "…" : range, data);
        }
        long bytes = table.bytes(name, type, shape);
        if (bytes != range.get(1) - range.get(0)) {
            throw report.damaged(
                    "tensor %s of shape %s in %s takes %d bytes, but its data_offsets %s hold %d",
                    FileReport.quote(name), shape, type, bytes, range, range.get(1) - range.get(0));
        }
        return new TensorInfo(name, type, shape, dataStart + range.get(0), bytes);
    }

    private void refuseGaps() {
        long covered = dataStart;
        for (TensorInfo tensor : table.byOffset()) {
            if (tensor.offset() != covered) {
                throw report.damaged(
                        "%d bytes before tensor %s belong to no tensor",
                        tensor.offset() - covered, FileReport.quote(tensor.name()));
            }
            covered += tensor.bytes();
        }
        if (covered != fileEnd) {
            throw report.damaged("its last %d bytes belong to no tensor", fileEnd - covered);
        }
    }

    private List<Long> numbers(JsonParser parser, String what) throws IOException {
        expect(parser, parser.currentToken(), START_ARRAY, what);
        List<Long> numbers = new ArrayList<>();
        for (JsonToken token = parser.nextToken(); token != END_ARRAY; token = parser.nextToken()) {
            expect(parser, token, VALUE_NUMBER_INT, "a number in " + what);
            if (numbers.size() == 16) {
                throw report.damaged("%s has more than 16 numbers", what);
            }
            numbers.add(parser.getLongValue());
        }
        return numbers;
    }

    private <T> Optional<T> once(Optional<T> before, T value, String what) {
        if (before.isPresent()) {
            throw report.damaged("%s is given twice", what);
        }
        return Optional.of(value);
    }

    private void expect(JsonParser parser, JsonToken found, JsonToken expected, String what) throws IOException {
        if (found != expected) {
            throw report.damaged(
                    "%s is %s where %s belongs, at byte %d of its header",
                    what, found, expected, parser.currentTokenLocation().getByteOffset());
        }
    }
}
