package dev.quire.server.openai;

import dev.quire.core.request.Usage;
import io.vertx.core.json.JsonObject;

/** OpenAI's usage object. */
final class UsageJson {
    private UsageJson() {}

    static JsonObject of(Usage usage) {
        return new JsonObject()
                .put("prompt_tokens", usage.promptTokens())
                .put("total_tokens", usage.promptTokens() + usage.completionTokens())
                .put("completion_tokens", usage.completionTokens())
                .put("prompt_tokens_details", new JsonObject().put("cached_tokens", usage.cachedTokens()));
    }

    static Usage sum(Usage a, Usage b) {
        return new Usage(
                a.promptTokens() + b.promptTokens(),
                a.completionTokens() + b.completionTokens(),
                a.cachedTokens() + b.cachedTokens());
    }
}
