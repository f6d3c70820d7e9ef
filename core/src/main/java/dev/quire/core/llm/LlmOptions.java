package dev.quire.core.llm;

import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.core.engine.EngineOptions;
import dev.quire.core.model.checkpoint.WeightDType;
import java.util.Optional;

/**
 * Everything that {@link Llm#load} needs.
 *
 * @param model which model, in which types
 * @param device what runs it; by default {@link DeviceOptions#defaults}
 * @param engine limits and scheduling; by default {@link EngineOptions#DEFAULT}
 * @param listener told of notices, progress and steps; by default {@link LlmListener#NONE}
 */
public record LlmOptions(ModelOptions model, DeviceOptions device, EngineOptions engine, LlmListener listener) {
    /** @throws IllegalArgumentException if the numerics is not defined for the types */
    public LlmOptions {
        if (engine.numerics() == Numerics.REPRODUCIBLE && model.dtype() == WeightDType.FLOAT32) {
            throw new IllegalArgumentException(
                    "dtype float32 has no reproducible numerics: float32 products are not exact, so their sum depends on its order and on fusing. Choose dtype bfloat16 or auto, or numerics fast.");
        }
        Optional<DType> keys = model.cacheDType().named().filter(type -> type != DType.BF16);
        if (engine.numerics() == Numerics.REPRODUCIBLE && keys.isPresent()) {
            throw new IllegalArgumentException(
                    "a KV cache of %s has no reproducible numerics, which keep keys and values in BF16. Choose kv-cache-dtype bfloat16 or auto, or numerics fast."
                            .formatted(keys.get()));
        }
    }

    /** The model {@code name} with the defaults. */
    public static LlmOptions of(String name) {
        return new LlmOptions(ModelOptions.of(name), DeviceOptions.defaults(), EngineOptions.DEFAULT, LlmListener.NONE);
    }

    public LlmOptions with(ModelOptions value) {
        return new LlmOptions(value, device, engine, listener);
    }

    public LlmOptions with(DeviceOptions value) {
        return new LlmOptions(model, value, engine, listener);
    }

    public LlmOptions with(EngineOptions value) {
        return new LlmOptions(model, device, value, listener);
    }

    public LlmOptions with(LlmListener value) {
        return new LlmOptions(model, device, engine, value);
    }
}
