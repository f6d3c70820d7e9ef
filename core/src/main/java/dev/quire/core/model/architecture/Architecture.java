package dev.quire.core.model.architecture;

import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.Op.Attend.HeadShape;
import dev.quire.api.program.Program;
import dev.quire.api.types.DType;
import dev.quire.core.model.ModelConfig;
import dev.quire.core.model.ModelInfo;
import dev.quire.core.model.WeightFormats;
import dev.quire.core.weights.TensorMap;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A family of models: a pure function from a config to a program. A jar on the class path adds families of its own by {@link
 * java.util.ServiceLoader}; {@code docs/add-a-model.md} shows how.
 */
public interface Architecture {
    /** Entries of {@code architectures} in config.json that this family answers to. */
    Set<String> names();

    /**
     * The forward step, from token ids to the value {@code logits}, and the cache that it needs. Every key of the config that may change the
     * result is to be read: a key that was not is an error.
     *
     * @throws dev.quire.core.model.ModelConfigException if the config asks for something that the family does not do
     */
    Definition define(ModelConfig config, WeightFormats formats, Serving serving);

    /**
     * Where the weights of the program lie in a Hugging Face checkpoint of the family; by default under their own names.
     *
     * @param tensors names in the checkpoint at hand, where files of the family differ
     */
    default TensorMap weights(ModelConfig config, Set<String> tensors) {
        return TensorMap.identity();
    }

    /** Keys of the family's configs that change nothing that a program computes, beside those that are so in every family. */
    default Set<String> harmlessKeys() {
        return Set.of();
    }

    /** Whether a checkpoint may carry a tensor that the program does not read: masks and tables that programs make for themselves. */
    default boolean isBuffer(String tensor) {
        return false;
    }

    /**
     * How the model will be run.
     *
     * @param cacheType element type of keys and values
     * @param blockSize tokens of a block
     * @param maxModelLen tokens of the longest sequence, if it is not the model's own
     */
    record Serving(DType cacheType, int blockSize, OptionalInt maxModelLen) {}

    /**
     * A model, ready to be compiled.
     *
     * @param info its sizes
     * @param forward from token ids to {@code logits}
     * @param cache the groups that it writes, with no blocks yet
     */
    record Definition(ModelInfo info, Program forward, KvCacheLayout cache) {
        /** A model whose layers all have the same keys, layer i of the cache's one group being its own layer i. */
        public static Definition of(ModelInfo info, Program forward, HeadShape heads, Serving serving) {
            CacheGroup group = new CacheGroup.PagedKv(
                    "kv",
                    info.layers(),
                    heads.kvHeads(),
                    heads.headSize(),
                    serving.cacheType(),
                    serving.blockSize(),
                    0);
            return new Definition(info, forward, new KvCacheLayout(List.of(group)));
        }
    }
}
