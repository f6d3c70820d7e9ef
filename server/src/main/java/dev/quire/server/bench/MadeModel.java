package dev.quire.server.bench;

import dev.quire.api.program.WeightRef;
import dev.quire.api.types.DType;
import dev.quire.api.types.WeightFormat;
import dev.quire.core.model.ModelConfig;
import dev.quire.core.model.architecture.Architecture;
import dev.quire.core.model.architecture.Architectures;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/** A model of a real one's shape with weights from a seed: speed does not depend on what the weights say. */
final class MadeModel {
    static final int VOCABULARY = 49_152;
    static final int CONTEXT = 8192;

    private final Architecture.Definition definition;
    private final long seed;

    private MadeModel(Architecture.Definition definition, long seed) {
        this.definition = definition;
        this.seed = seed;
    }

    /** SmolLM2-135M in bf16. */
    static MadeModel smollm2(long seed) {
        Map<String, Object> config = Map.ofEntries(
                Map.entry("architectures", List.of("LlamaForCausalLM")),
                Map.entry("vocab_size", VOCABULARY),
                Map.entry("hidden_size", 576),
                Map.entry("intermediate_size", 1536),
                Map.entry("num_hidden_layers", 30),
                Map.entry("num_attention_heads", 9),
                Map.entry("num_key_value_heads", 3),
                Map.entry("rms_norm_eps", 1e-5),
                Map.entry("rope_theta", 100_000),
                Map.entry("max_position_embeddings", CONTEXT),
                Map.entry("tie_word_embeddings", true));
        ModelConfig model = new ModelConfig(config, "SmolLM2-135M's shape");
        Architecture.Serving serving = new Architecture.Serving(DType.BF16, 16, OptionalInt.empty());
        return new MadeModel(
                Architectures.onClassPath().of(model).define(model, name -> WeightFormat.BF16, serving), seed);
    }

    Architecture.Definition definition() {
        return definition;
    }

    /** Bytes that a step reads of its linear layers. */
    double linearBytes() {
        return definition.forward().weights().stream()
                .filter(ref -> ref.rows() > 1)
                .mapToDouble(WeightRef::bytes)
                .sum();
    }

    /** Operations of the linear layers for {@code tokens} tokens of which {@code logitRows} want logits. */
    double linearFlops(int tokens, int logitRows) {
        double inner = 0;
        for (WeightRef ref : definition.forward().weights()) {
            if (ref.rows() > 1 && ref.rows() != VOCABULARY) {
                inner += 2.0 * ref.rows() * ref.columns();
            }
        }
        return inner * tokens + 2.0 * VOCABULARY * definition.info().hiddenSize() * logitRows;
    }

    MemorySegment weight(WeightRef ref) {
        SplittableRandom random = new SplittableRandom(seed + ref.name().hashCode());
        MemorySegment memory = Arena.ofAuto().allocate(ref.bytes(), 64);
        for (long i = 0; i < (long) ref.rows() * ref.columns(); i++) {
            float value = ref.rows() == 1 ? 1 : (float) (random.nextDouble() - 0.5) * 0.08f;
            if (ref.format() == WeightFormat.F32) {
                memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
            } else {
                memory.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) (Float.floatToRawIntBits(value) >>> 16));
            }
        }
        return memory;
    }
}
