package dev.quire.server.openai;

import dev.quire.server.contract.ApiException;
import io.vertx.core.json.JsonObject;
import java.util.OptionalInt;

/**
 * What an answer carries.
 *
 * @param delivery at once or as a stream
 * @param usage what a stream says about usage
 * @param repeatsPrompt whether the text begins with the prompt, or a chat answer with the message that it continues
 * @param tokenIds whether the ids of tokens are reported
 * @param logprobs alternatives for each generated token; absent for none, not even the token's own
 * @param promptLogprobs alternatives for each prompt token that the answer reports as {@code prompt_logprobs}
 */
record AnswerOptions(
        Delivery delivery,
        StreamUsage usage,
        boolean repeatsPrompt,
        boolean tokenIds,
        OptionalInt logprobs,
        OptionalInt promptLogprobs) {
    enum Delivery {
        WHOLE,
        STREAM
    }

    /** What a stream says about usage. */
    enum StreamUsage {
        NONE,
        /** A last event carries it. */
        LAST,
        /** Every event carries it so far, and a last one too. */
        CONTINUOUS
    }

    static AnswerOptions read(JsonObject body, OptionalInt logprobs) {
        Delivery delivery = Fields.flag(body, "stream", false) ? Delivery.STREAM : Delivery.WHOLE;
        OptionalInt promptLogprobs = Fields.integer(body, "prompt_logprobs");
        if (delivery == Delivery.WHOLE && body.containsKey("stream_options")) {
            throw ApiException.badRequest("stream_options", "stream_options needs `stream` to be true.");
        }
        if (delivery == Delivery.STREAM && promptLogprobs.isPresent()) {
            throw ApiException.badRequest(
                    "prompt_logprobs", "prompt_logprobs is not available in streams; set `stream` to false.");
        }
        return new AnswerOptions(
                delivery,
                usage(body.getJsonObject("stream_options", JsonObject.of())),
                Fields.flag(body, "echo", false),
                Fields.flag(body, "return_token_ids", false),
                logprobs,
                promptLogprobs);
    }

    private static StreamUsage usage(JsonObject options) {
        if (Boolean.TRUE.equals(options.getBoolean("include_usage"))) {
            return Boolean.TRUE.equals(options.getBoolean("continuous_usage_stats"))
                    ? StreamUsage.CONTINUOUS
                    : StreamUsage.LAST;
        }
        return StreamUsage.NONE;
    }
}
