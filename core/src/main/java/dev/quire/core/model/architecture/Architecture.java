package dev.quire.core.model.architecture;

import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.Program;
import dev.quire.api.types.DType;
import dev.quire.core.model.ModelConfig;
import dev.quire.core.model.ModelInfo;
import dev.quire.core.model.WeightFormats;
import java.util.Set;

/** A family of models: a pure function from a config to a program. */
public interface Architecture {
    /** Entries of {@code architectures} in config.json that this family answers to. */
    Set<String> names();

    /**
     * The forward step, from token ids to the value {@code logits}, and the cache that it needs. Weights are named as Hugging Face checkpoints of the family name
     * their tensors.
     *
     * @throws dev.quire.core.model.ModelConfigException if the config asks for something that the family does not do
     */
    Definition define(ModelConfig config, WeightFormats formats, CacheType cache);

    /**
     * How keys and values are stored.
     *
     * @param dtype element type
     * @param blockSize tokens of a block
     */
    record CacheType(DType dtype, int blockSize) {}

    /**
     * A model, ready to be compiled.
     *
     * @param info its sizes
     * @param forward from token ids to {@code logits}
     * @param cache the groups that it writes, with no blocks yet
     */
    record Definition(ModelInfo info, Program forward, KvCacheLayout cache) {}
}
