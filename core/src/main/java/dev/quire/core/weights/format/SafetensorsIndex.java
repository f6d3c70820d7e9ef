package dev.quire.core.weights.format;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads {@code model.safetensors.index.json}: {@code weight_map} from tensor names to file names beside the index. */
public final class SafetensorsIndex {
    private static final long MAX_BYTES = 100_000_000;
    private static final String MAP = "weight_map";

    /** A file name and nothing else: an index must not reach into other folders. */
    private static final Pattern SHARD = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,200}\\.safetensors");

    private SafetensorsIndex() {}

    /**
     * The shard of each tensor, by the tensor's name.
     *
     * @throws WeightFormatException if the index cannot be read, is not one, or names files that are no shards
     */
    public static Map<String, String> read(Path index) {
        FileReport report = new FileReport(index.toString());
        try {
            if (Files.size(index) > MAX_BYTES) {
                throw report.refused("it has %d bytes, more than an index may (%d)", Files.size(index), MAX_BYTES);
            }
            try (JsonParser parser = SafetensorsHeader.JSON.createParser(Files.readAllBytes(index))) {
                Map<String, String> shards = parse(parser, report);
                if (shards.isEmpty()) {
                    throw report.damaged("it has no '%s' with tensors in it", MAP);
                }
                return shards;
            }
        } catch (JsonProcessingException | CharConversionException e) {
            throw report.damaged("it is not JSON that an index may have (%s)", SafetensorsHeader.reason(e));
        } catch (IOException e) {
            throw new WeightFormatException("%s: cannot be read: %s".formatted(index, e), e);
        }
    }

    private static Map<String, String> parse(JsonParser parser, FileReport report) throws IOException {
        Map<String, String> shards = new LinkedHashMap<>();
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw report.damaged("it is not a JSON object");
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean map = parser.currentName().equals(MAP);
            JsonToken value = parser.nextToken();
            if (!map) {
                parser.skipChildren();
            } else if (value == JsonToken.START_OBJECT) {
                readMap(parser, shards, report);
            } else {
                throw report.damaged("'%s' is %s, not an object", MAP, value);
            }
        }
        return shards;
    }

    private static void readMap(JsonParser parser, Map<String, String> shards, FileReport report) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (value != JsonToken.VALUE_STRING
                    || !SHARD.matcher(parser.getText()).matches()) {
                throw report.damaged(
                        "the shard of tensor %s is %s; expected the name of a .safetensors file beside the index",
                        FileReport.quote(name), FileReport.quote(String.valueOf(parser.getText())));
            }
            if (shards.size() == TensorTable.MAX_TENSORS) {
                throw report.damaged("it names more than %d tensors", TensorTable.MAX_TENSORS);
            }
            if (shards.putIfAbsent(name, parser.getText()) != null) {
                throw report.damaged("it names tensor %s twice", FileReport.quote(name));
            }
        }
    }
}
