package dev.quire.server.openai;

import dev.quire.core.model.GenerationConfig;
import dev.quire.core.request.SamplingParams;
import dev.quire.core.request.SamplingParams.Detokenization;
import dev.quire.core.request.SamplingParams.Penalties;
import dev.quire.core.request.SamplingParams.Stopping;
import dev.quire.server.contract.ApiException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

/** Reads how to sample from a body; what the body leaves open comes from the model's recommendations, then from vLLM's defaults. */
final class SamplingFields {
    private final GenerationConfig defaults;
    private final WordTokens words;
    private final int maxLogprobs;

    SamplingFields(GenerationConfig defaults, WordTokens words, int maxLogprobs) {
        this.defaults = defaults;
        this.words = words;
        this.maxLogprobs = maxLogprobs;
    }

    /**
     * @param maxTokens tokens of each choice, under whichever name the endpoint has for it
     * @param logprobs alternatives for each generated token
     * @param logprobsName the endpoint's name for that
     * @throws ApiException naming the field that is out of range
     */
    SamplingParams read(JsonObject body, OptionalInt maxTokens, OptionalInt logprobs, String logprobsName) {
        try {
            SamplingParams.Builder builder = SamplingParams.builder()
                    .n(Fields.integer(body, "n", 1))
                    .temperature(number(body, "temperature", defaults.temperature(), 1))
                    .topK(Math.max(
                            0, Fields.integer(body, "top_k", defaults.topK().orElse(0))))
                    .topP(number(body, "top_p", defaults.topP(), 1))
                    .minP(number(body, "min_p", defaults.minP(), 0))
                    .penalties(penalties(body))
                    .logitBias(logitBias(body))
                    .allowedTokens(tokens(body, "allowed_token_ids"))
                    .badWords(words.spellings(texts(body, "bad_words")))
                    .stopping(stopping(body, maxTokens))
                    .detokenization(new Detokenization(
                            Fields.flag(body, "skip_special_tokens", true),
                            Fields.flag(body, "spaces_between_special_tokens", true)));
            Fields.whole(body, "seed").ifPresent(builder::seed);
            logprobs.ifPresent(count -> builder.logprobs(bounded(logprobsName, count)));
            Fields.integer(body, "prompt_logprobs")
                    .ifPresent(count -> builder.promptLogprobs(bounded("prompt_logprobs", count)));
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw ApiException.badRequest(e.getMessage().split(" ")[0], e.getMessage());
        }
    }

    private int bounded(String name, int count) {
        if (count > maxLogprobs) {
            throw ApiException.badRequest(
                    name,
                    "%s asks for %d alternatives; this server reports at most %d (--max-logprobs)."
                            .formatted(name, count, maxLogprobs));
        }
        return count;
    }

    private Penalties penalties(JsonObject body) {
        return new Penalties(
                number(body, "repetition_penalty", defaults.repetitionPenalty(), 1),
                number(body, "frequency_penalty", OptionalDouble.empty(), 0),
                number(body, "presence_penalty", OptionalDouble.empty(), 0));
    }

    private Stopping stopping(JsonObject body, OptionalInt maxTokens) {
        OptionalInt most = defaults.maxNewTokens();
        OptionalInt limit = maxTokens.isPresent() && most.isPresent()
                ? OptionalInt.of(Math.min(maxTokens.getAsInt(), most.getAsInt()))
                : maxTokens.isPresent() ? maxTokens : most;
        return new Stopping(
                limit,
                Fields.integer(body, "min_tokens", 0),
                texts(body, "stop"),
                tokens(body, "stop_token_ids"),
                Fields.flag(body, "ignore_eos", false) ? Stopping.Eos.IGNORED : Stopping.Eos.STOPS,
                Fields.flag(body, "include_stop_str_in_output", false)
                        ? Stopping.StopText.KEPT
                        : Stopping.StopText.REMOVED);
    }

    private static float number(JsonObject body, String name, OptionalDouble recommended, float otherwise) {
        Float value = body.getFloat(name);
        return value != null ? value : (float) recommended.orElse(otherwise);
    }

    private static Set<Integer> tokens(JsonObject body, String name) {
        return Set.copyOf(Fields.integers(body.getJsonArray(name, JsonArray.of()), name));
    }

    private static List<String> texts(JsonObject body, String name) {
        return switch (body.getValue(name)) {
            case null -> List.of();
            case JsonArray several -> several.stream().map(String::valueOf).toList();
            case Object one -> List.of(String.valueOf(one));
        };
    }

    private static Map<Integer, Float> logitBias(JsonObject body) {
        JsonObject given = body.getJsonObject("logit_bias", JsonObject.of());
        Map<Integer, Float> bias = new HashMap<>();
        for (String token : given.fieldNames()) {
            try {
                bias.put(Integer.valueOf(token), given.getFloat(token));
            } catch (NumberFormatException e) {
                throw ApiException.badRequest("logit_bias", "logit_bias holds '%s'; give token ids.".formatted(token));
            }
        }
        return bias;
    }
}
