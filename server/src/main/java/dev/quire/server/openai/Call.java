package dev.quire.server.openai;

import dev.quire.core.engine.EngineOptions.Policy;
import dev.quire.core.request.GenerationRequest;
import dev.quire.core.request.SamplingParams;
import dev.quire.server.contract.ApiException;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * A request to generate, read and checked.
 *
 * @param id of the answer
 * @param model the name that the client used
 * @param prompts at least one
 * @param sampling for each prompt
 * @param answer what the answer carries
 * @param priority lower is served earlier
 * @param cacheSalt prefixes are shared only among requests of equal salt
 */
record Call(
        String id,
        String model,
        List<Prompt> prompts,
        SamplingParams sampling,
        AnswerOptions answer,
        int priority,
        Optional<String> cacheSalt) {
    /** The engine's requests, one for each prompt. */
    GenerationRequest request(int prompt) {
        String suffix = prompts.size() == 1 ? "" : "-" + prompt;
        return new GenerationRequest(id + suffix, prompts.get(prompt).ids(), sampling, priority, cacheSalt);
    }

    /** Number of choices over all prompts. */
    int choices() {
        return prompts.size() * sampling.n();
    }

    /** The body's priority; other than 0 only where the scheduler heeds it. */
    static int priority(JsonObject body, Policy policy) {
        int priority = Fields.integer(body, "priority", 0);
        if (priority != 0 && policy != Policy.PRIORITY) {
            throw ApiException.badRequest(
                    "priority",
                    "priority is %d, but this server serves first come, first served; leave it out, or start the server with"
                                    .formatted(priority)
                            + " --scheduling-policy priority.");
        }
        return priority;
    }

    /** The prompts, cut to what {@code truncate_prompt_tokens} leaves of them. */
    static List<Prompt> truncated(JsonObject body, List<Prompt> prompts, SamplingParams sampling, int maxModelLen) {
        if (!body.containsKey("truncate_prompt_tokens")) {
            return prompts;
        }
        int wanted = Fields.integer(body, "truncate_prompt_tokens", 0);
        int room = maxModelLen - sampling.stopping().maxTokens().orElse(1);
        if (wanted > maxModelLen || wanted == 0) {
            throw ApiException.badRequest(
                    "truncate_prompt_tokens",
                    "truncate_prompt_tokens is %d; give -1, or 1 to the model's maximum context length, %d."
                            .formatted(wanted, maxModelLen));
        }
        int length = wanted < 0 ? Math.max(1, room) : wanted;
        return prompts.stream().map(prompt -> prompt.last(length)).toList();
    }
}
