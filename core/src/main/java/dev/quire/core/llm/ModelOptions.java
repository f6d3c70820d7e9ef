package dev.quire.core.llm;

import dev.quire.core.model.checkpoint.Quantization;
import dev.quire.core.model.checkpoint.WeightDType;

/**
 * Which model, and in which types.
 *
 * @param name a folder in Hugging Face's layout, or a GGUF file
 * @param dtype type of plain weights and of the KV cache; by default {@link WeightDType#AUTO}
 * @param quantization whether quantized weights stay so; by default {@link Quantization#AUTO}
 */
public record ModelOptions(String name, WeightDType dtype, Quantization quantization) {
    public ModelOptions {
        if (name.isBlank()) {
            throw new IllegalArgumentException(
                    "model is empty; give a folder in Hugging Face's layout or a .gguf file");
        }
    }

    /** The model {@code name} with the defaults. */
    public static ModelOptions of(String name) {
        return new ModelOptions(name, WeightDType.AUTO, Quantization.AUTO);
    }

    public ModelOptions withDType(WeightDType value) {
        return new ModelOptions(name, value, quantization);
    }

    public ModelOptions withQuantization(Quantization value) {
        return new ModelOptions(name, dtype, value);
    }
}
