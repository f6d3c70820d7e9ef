package dev.quire.server.openai;

import dev.quire.core.engine.EngineOptions.Policy;
import dev.quire.core.llm.Llm;
import dev.quire.core.model.GenerationConfig;
import dev.quire.core.text.template.ChatTemplate;
import dev.quire.server.contract.ApiException;
import dev.quire.server.options.ModelOptions;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * The model as this server offers it.
 *
 * @param llm the loaded model
 * @param options names, defaults and bounds of requests
 * @param policy whether requests may bring a priority
 * @param chatTemplate the template of conversations, if there is one
 * @param created when it was loaded, in seconds since 1970
 */
public record Deployment(
        Llm llm, ModelOptions options, Policy policy, Optional<ChatTemplate> chatTemplate, long created) {
    /** The name that answers carry. */
    public String name() {
        return options.servedNames().getFirst();
    }

    /** What the backend promises about the last bits: {@code fast} or {@code reproducible}. */
    String numerics() {
        return llm.info().numerics().label();
    }

    /** The defaults of sampling. */
    GenerationConfig defaults() {
        return switch (options.generationConfig()) {
            case AUTO -> llm.generationConfig();
            case VLLM -> GenerationConfig.NONE;
        };
    }

    /** The name that the body asks for; the first one if it names none. */
    String requested(JsonObject body) {
        String name = body.getString("model", name());
        if (!options.servedNames().contains(name)) {
            throw ApiException.noSuchModel(name);
        }
        return name;
    }
}
