package dev.quire.core.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What a model's makers recommend for generation: its {@code generation_config.json}. Empty where the file says nothing; a value is handed on
 * as written, and checked where sampling parameters are built.
 *
 * @param temperature softmax temperature
 * @param topK how many tokens to choose from; 0 for all
 * @param topP cumulative probability to choose from
 * @param minP least probability, relative to the likeliest token's
 * @param repetitionPenalty divisor of the logits of tokens that were seen
 * @param maxNewTokens bound on the tokens of an answer
 * @param bosTokenId token that begins a text
 * @param padTokenId token that fills a row
 * @param eosTokenIds tokens that end an answer; the file holds one or a list
 */
public record GenerationConfig(
        OptionalDouble temperature,
        OptionalInt topK,
        OptionalDouble topP,
        OptionalDouble minP,
        OptionalDouble repetitionPenalty,
        OptionalInt maxNewTokens,
        OptionalInt bosTokenId,
        OptionalInt padTokenId,
        List<Integer> eosTokenIds) {
    /** No recommendation at all. */
    public static final GenerationConfig NONE = new GenerationConfig(
            OptionalDouble.empty(),
            OptionalInt.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            List.of());

    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** Copies the list. */
    public GenerationConfig {
        eosTokenIds = List.copyOf(eosTokenIds);
    }

    /**
     * Reads a model folder's {@code generation_config.json}; {@link #NONE} if there is none.
     *
     * @throws IOException if the file cannot be read, or is not a JSON object
     */
    public static GenerationConfig read(Path folder) throws IOException {
        Path file = folder.resolve("generation_config.json");
        if (!Files.isRegularFile(file)) {
            return NONE;
        }
        JsonNode json;
        try {
            json = MAPPER.readTree(Files.readString(file));
        } catch (JsonProcessingException e) {
            throw new IOException(
                    file + " is not JSON: " + e.getOriginalMessage() + ". Download it again, or remove it.", e);
        }
        if (!json.isObject()) {
            throw new IOException(file + " is not a JSON object. Download it again, or remove it.");
        }
        return new GenerationConfig(
                real(json.path("temperature")),
                whole(json.path("top_k")),
                real(json.path("top_p")),
                real(json.path("min_p")),
                real(json.path("repetition_penalty")),
                whole(json.path("max_new_tokens")),
                whole(json.path("bos_token_id")),
                whole(json.path("pad_token_id")),
                tokenIds(json.path("eos_token_id")));
    }

    /** The ids of a JSON value that is an id, a list of ids, or absent. */
    public static List<Integer> tokenIds(JsonNode value) {
        List<Integer> ids = new ArrayList<>();
        if (value.isInt()) {
            ids.add(value.asInt());
        }
        value.forEach(id -> {
            if (id.isInt()) {
                ids.add(id.asInt());
            }
        });
        return ids;
    }

    private static OptionalDouble real(JsonNode value) {
        return value.isNumber() ? OptionalDouble.of(value.asDouble()) : OptionalDouble.empty();
    }

    private static OptionalInt whole(JsonNode value) {
        return value.isInt() ? OptionalInt.of(value.asInt()) : OptionalInt.empty();
    }
}
