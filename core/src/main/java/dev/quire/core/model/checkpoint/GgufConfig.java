package dev.quire.core.model.checkpoint;

import dev.quire.api.format.BlockDecoder;
import dev.quire.core.model.ModelConfig;
import dev.quire.core.model.ModelConfigException;
import dev.quire.core.weights.Gguf;
import dev.quire.core.weights.Tensor;
import dev.quire.core.weights.format.GgufMetadata;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** A GGUF file's metadata under the keys of Hugging Face's {@code config.json}. */
final class GgufConfig {
    /** Divisors of the rotary frequencies, one per pair of elements, where the model scales them unevenly. */
    static final String ROPE_FACTORS = "rope_freqs.weight";

    /** How a family of GGUF files differs from its Hugging Face checkpoints. */
    private record Family(String architecture, boolean ropeInterleaved) {}

    private static final Map<String, Family> FAMILIES = Map.of("llama", new Family("LlamaForCausalLM", true));

    private final Gguf file;
    private final GgufMetadata metadata;
    private final String prefix;
    private final Map<String, Object> config = new LinkedHashMap<>();

    private GgufConfig(Gguf file) {
        this.file = file;
        this.metadata = file.metadata();
        this.prefix = metadata.text("general.architecture") + ".";
    }

    /**
     * @throws ModelConfigException if the file is of a family or has a feature that Quire does not run
     * @throws dev.quire.core.weights.format.WeightFormatException if a key is missing or of the wrong type
     */
    static ModelConfig of(Gguf file) {
        return new ModelConfig(new GgufConfig(file).read(), file.name());
    }

    private Map<String, Object> read() {
        String name = metadata.text("general.architecture");
        Family family = FAMILIES.get(name);
        if (family == null) {
            throw new ModelConfigException("%s: general.architecture is '%s', which Quire does not run; supported: %s"
                    .formatted(file.name(), name, new TreeSet<>(FAMILIES.keySet())));
        }
        config.put("architectures", List.of(family.architecture()));
        config.put("rope_interleaved", family.ropeInterleaved());
        config.put(
                "vocab_size", Math.toIntExact(file.tensor("token_embd.weight").rows()));
        config.put("tie_word_embeddings", !file.tensors().containsKey("output.weight"));
        config.put("attention_bias", file.tensors().containsKey("blk.0.attn_q.bias"));
        integer("hidden_size", "embedding_length");
        integer("num_hidden_layers", "block_count");
        integer("intermediate_size", "feed_forward_length");
        integer("max_position_embeddings", "context_length");
        integer("num_attention_heads", "attention.head_count");
        int heads = metadata.integer(prefix + "attention.head_count");
        config.put("num_key_value_heads", metadata.integer(prefix + "attention.head_count_kv", heads));
        config.put("rms_norm_eps", metadata.real(prefix + "attention.layer_norm_rms_epsilon"));
        config.put("rope_theta", metadata.real(prefix + "rope.freq_base", 10_000));
        heads(heads);
        rotary();
        refuse("expert_count", 0, "mixtures of experts are not supported");
        return config;
    }

    private void heads(int heads) {
        int even = metadata.integer(prefix + "embedding_length") / Math.max(1, heads);
        int size = metadata.integer(prefix + "attention.key_length", even);
        config.put("head_dim", size);
        refuse("attention.value_length", size, "values must be as wide as keys");
        refuse("rope.dimension_count", size, "heads are rotated whole");
    }

    private void rotary() {
        String type = metadata.text(prefix + "rope.scaling.type", "none");
        Map<String, Object> scaling = new LinkedHashMap<>();
        if (file.tensors().containsKey(ROPE_FACTORS)) {
            scaling.put("rope_type", "factors");
            scaling.put("factors", factors());
            type = "none".equals(type) ? type : type + " with " + ROPE_FACTORS;
        } else if (type.equals("linear")) {
            scaling.put("rope_type", "linear");
            scaling.put("factor", metadata.real(prefix + "rope.scaling.factor"));
            type = "none";
        }
        if (!type.equals("none")) {
            throw new ModelConfigException(
                    "%s: %srope.scaling.type is %s, which Quire does not run; supported: none, linear, or %s alone"
                            .formatted(file.name(), prefix, type, ROPE_FACTORS));
        }
        if (!scaling.isEmpty()) {
            config.put("rope_scaling", scaling);
        }
    }

    private List<Double> factors() {
        Tensor tensor = file.tensor(ROPE_FACTORS);
        float[] values = new float[Math.toIntExact(tensor.rows() * tensor.columns())];
        BlockDecoder.decode(tensor.format(), tensor.data(), 0, values, 0, values.length);
        List<Double> factors = new ArrayList<>();
        for (float value : values) {
            factors.add((double) value);
        }
        return factors;
    }

    private void integer(String key, String ggufKey) {
        config.put(key, metadata.integer(prefix + ggufKey));
    }

    private void refuse(String key, int expected, String why) {
        int found = metadata.integer(prefix + key, expected);
        if (found != expected) {
            throw new ModelConfigException("%s: %s%s is %d; expected %d, because %s"
                    .formatted(file.name(), prefix, key, found, expected, why));
        }
    }
}
