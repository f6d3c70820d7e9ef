package dev.quire.server.bench.trace;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Traces as JSONL: a line for each request, such as {@code {"prompt": [1, 2, 3], "max_tokens": 16, "n": 1}}. A prompt is token ids or text; {@code n} is 1 if
 * it is not there.
 */
public final class TraceFile {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> KEYS = new TreeSet<>(Set.of("prompt", "max_tokens", "n"));

    private TraceFile() {}

    /**
     * Reads a trace.
     *
     * @param tokenizer makes tokens of texts
     * @throws IllegalArgumentException naming the line, if one is no request
     * @throws IOException if the file cannot be read
     */
    public static Trace read(Path file, Function<String, int[]> tokenizer) throws IOException {
        List<TraceRequest> requests = new ArrayList<>();
        List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                String where = "%s, line %d".formatted(file, i + 1);
                try {
                    requests.add(request(JSON.readTree(lines.get(i)), where, tokenizer));
                } catch (JsonProcessingException e) {
                    throw wrong(where, "is no JSON: " + e.getOriginalMessage(), e);
                }
            }
        }
        return new Trace(file.getFileName().toString(), requests);
    }

    /** Writes a trace with its prompts as token ids. */
    public static void write(Trace trace, Path file) throws IOException {
        List<String> lines = new ArrayList<>();
        for (TraceRequest request : trace.requests()) {
            ObjectNode line = JSON.createObjectNode();
            var prompt = line.putArray("prompt");
            for (int token : request.prompt()) {
                prompt.add(token);
            }
            lines.add(line.put("max_tokens", request.outputTokens())
                    .put("n", request.n())
                    .toString());
        }
        Files.write(file, lines);
    }

    private static TraceRequest request(JsonNode line, String where, Function<String, int[]> tokenizer) {
        if (!line.isObject()) {
            throw wrong(where, "is no JSON object");
        }
        for (String key : (Iterable<String>) line::fieldNames) {
            if (!KEYS.contains(key)) {
                throw wrong(where, "has the key '%s'".formatted(key));
            }
        }
        JsonNode prompt = line.path("prompt");
        if (!prompt.isTextual() && !prompt.isArray()) {
            throw wrong(where, "has no prompt");
        }
        int[] tokens = prompt.isTextual() ? tokenizer.apply(prompt.textValue()) : ids(prompt, where);
        try {
            return new TraceRequest(tokens, count(line, "max_tokens", 0, where), count(line, "n", 1, where));
        } catch (IllegalArgumentException e) {
            throw wrong(where, "is " + e.getMessage(), e);
        }
    }

    private static int[] ids(JsonNode prompt, String where) {
        int[] ids = new int[prompt.size()];
        for (int i = 0; i < ids.length; i++) {
            if (!prompt.get(i).canConvertToInt() || prompt.get(i).intValue() < 0) {
                throw wrong(where, "has the token id %s".formatted(prompt.get(i)));
            }
            ids[i] = prompt.get(i).intValue();
        }
        return ids;
    }

    private static int count(JsonNode line, String key, int absent, String where) {
        JsonNode value = line.path(key);
        if (!value.isMissingNode() && !(value.isInt() && value.intValue() > 0)) {
            throw wrong(where, "has %s %s".formatted(key, value));
        }
        return value.asInt(absent);
    }

    private static IllegalArgumentException wrong(String where, String what, Exception cause) {
        IllegalArgumentException wrong = wrong(where, what);
        wrong.initCause(cause);
        return wrong;
    }

    private static IllegalArgumentException wrong(String where, String what) {
        return new IllegalArgumentException(
                "%s %s; a line is a JSON object with prompt (text or token ids), max_tokens and perhaps n, such as {\"prompt\": [1, 2, 3], \"max_tokens\": 16}"
                        .formatted(where, what));
    }
}
