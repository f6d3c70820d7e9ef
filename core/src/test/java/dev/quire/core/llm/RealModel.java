package dev.quire.core.llm;

import dev.quire.core.engine.EngineOptions;
import dev.quire.core.model.checkpoint.Quantization;
import dev.quire.core.model.checkpoint.WeightDType;
import dev.quire.core.request.GenerationRequest;
import dev.quire.core.request.SamplingParams;
import dev.quire.core.request.SamplingParams.Stopping;
import dev.quire.core.testing.SmolLm2;
import dev.quire.core.testing.TextCollected;
import java.nio.file.Path;

/** SmolLM2 on the cpu backend, and what its tests ask of it. */
final class RealModel {
    /** How many alternatives a request asks for: their bits show more of the logits than the token does. */
    private static final int LOGPROBS = 5;

    private RealModel() {}

    /** As it is served by default. */
    static LlmOptions served(EngineOptions engine) {
        return served(SmolLm2.file(), engine);
    }

    private static LlmOptions served(Path file, EngineOptions engine) {
        LlmOptions options = LlmOptions.of(file.toString());
        return options.with(options.device().withBackend(Backends.CPU)).with(engine);
    }

    /** Weights, keys and values in float32. */
    static LlmOptions float32(EngineOptions engine) {
        return float32(SmolLm2.file(), engine);
    }

    /** Another model, with weights, keys and values in float32. */
    static LlmOptions float32(Path file, EngineOptions engine) {
        LlmOptions options = served(file, engine);
        return options.with(options.model().withDType(WeightDType.FLOAT32).withQuantization(Quantization.NONE));
    }

    /** Hands over a greedy request that only its length ends. */
    static TextCollected ask(Llm llm, String id, int[] prompt, int tokens) {
        Stopping stopping = Stopping.after(tokens);
        SamplingParams sampling = SamplingParams.greedy().toBuilder()
                .stopping(stopping)
                .logprobs(LOGPROBS)
                .build();
        TextCollected collected = new TextCollected();
        llm.submit(GenerationRequest.of(id, prompt, sampling), collected);
        return collected;
    }
}
