package dev.quire.core.model.checkpoint;

import dev.quire.core.model.ModelConfig;
import dev.quire.core.model.ModelConfigException;
import dev.quire.core.model.architecture.FusedProjection;
import dev.quire.core.model.architecture.FusedProjection.Rows;
import dev.quire.core.weights.Gguf;
import dev.quire.core.weights.TensorMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/** A GGUF file's metadata under the keys of Hugging Face's {@code config.json}, and its tensors under the names of that layout. */
final class GgufConfig {
    /** Layers of the largest Gemma 2 and 3, which scale scores by the average width of a head. */
    private static final Set<Integer> LARGEST_GEMMAS = Set.of(46, 62);

    /** What each family of files has beside what all have. */
    private static final Map<String, Consumer<GgufConfig>> FAMILIES = new TreeMap<>(Map.ofEntries(
            Map.entry("gemma", GgufConfig::gemma),
            Map.entry("gemma2", GgufConfig::gemma2),
            Map.entry("gemma3", GgufConfig::gemma3),
            Map.entry("gpt2", GgufConfig::gpt2),
            Map.entry("gptneox", GgufConfig::gptNeoX),
            Map.entry("llama", GgufConfig::llama),
            Map.entry("phi3", GgufConfig::phi3),
            Map.entry("qwen2", config -> config.decoder("Qwen2ForCausalLM")),
            Map.entry("qwen3", config -> config.decoder("Qwen3ForCausalLM")),
            Map.entry("qwen3moe", GgufConfig::qwen3Moe),
            Map.entry("starcoder", GgufConfig::starcoder)));

    private final GgufKeys keys;
    private final String where;
    private final Map<String, Object> config = new LinkedHashMap<>();
    private TensorMap names = new GgufNames(Map.of(), List.of());

    private GgufConfig(Gguf file, String family) {
        this.keys = new GgufKeys(file, family + ".");
        this.where = file.name();
    }

    /**
     * @throws ModelConfigException if the file is of a family or has a feature that Quire does not run
     * @throws dev.quire.core.weights.format.WeightFormatException if a key is missing or of the wrong type
     */
    static GgufConfig of(Gguf file) {
        String family = file.metadata().text("general.architecture");
        if (!FAMILIES.containsKey(family)) {
            throw new ModelConfigException("%s: general.architecture is '%s', which Quire does not run; supported: %s"
                    .formatted(file.name(), family, FAMILIES.keySet()));
        }
        GgufConfig config = new GgufConfig(file, family);
        FAMILIES.get(family).accept(config);
        config.keys.refuseUnread();
        return config;
    }

    /** Sizes and features. */
    ModelConfig config() {
        return new ModelConfig(config, where);
    }

    /** Where a program's weights lie. */
    TensorMap names() {
        return names;
    }

    private void llama() {
        if (keys.integer("expert_count", 0) > 0) {
            mixtral();
            return;
        }
        keys.only("expert_used_count", 0, "there are no experts");
        boolean windows = keys.integer("attention.sliding_window", 0) > 0;
        decoder(windows ? "MistralForCausalLM" : "LlamaForCausalLM");
        config.put("rope_interleaved", true);
        if (windows) {
            config.put("sliding_window", keys.integer("attention.sliding_window"));
        } else {
            config.put("attention_bias", keys.hasTensor("blk.0.attn_q.bias"));
            config.put("mlp_bias", keys.hasTensor("blk.0.ffn_gate.bias"));
        }
    }

    private void mixtral() {
        decoder("MixtralForCausalLM");
        config.put("rope_interleaved", true);
        config.put("num_local_experts", keys.integer("expert_count"));
        config.put("num_experts_per_tok", keys.integer("expert_used_count"));
        if (keys.integer("attention.sliding_window", 0) > 0) {
            config.put("sliding_window", keys.integer("attention.sliding_window"));
        }
        int inner = number("intermediate_size");
        names = GgufNames.ofExperts(Map.of("w1", inner, "w3", inner, "w2", number("hidden_size")));
    }

    private void qwen3Moe() {
        decoder("Qwen3MoeForCausalLM");
        int inner = keys.integer("expert_feed_forward_length");
        config.put("moe_intermediate_size", inner);
        config.put("num_experts", keys.integer("expert_count"));
        config.put("num_experts_per_tok", keys.integer("expert_used_count"));
        config.put("norm_topk_prob", true);
        names = GgufNames.ofExperts(Map.of("gate_proj", inner, "up_proj", inner, "down_proj", number("hidden_size")));
    }

    private void gemma() {
        decoder("GemmaForCausalLM");
        config.put("rms_norm_offset", 0);
    }

    private void gemma2() {
        gemma();
        config.put("architectures", List.of("Gemma2ForCausalLM"));
        config.put("query_pre_attn_scalar", queryScalar());
        config.put("sliding_window", keys.integer("attention.sliding_window", 4096));
        config.put("attn_logit_softcapping", keys.real("attn_logit_softcapping", 50));
        config.put("final_logit_softcapping", keys.real("final_logit_softcapping", 30));
        names = new GgufNames(GgufNames.NORMS_AFTER, List.of());
    }

    private void gemma3() {
        gemma();
        config.put("architectures", List.of("Gemma3ForCausalLM"));
        config.put("query_pre_attn_scalar", queryScalar());
        config.put("sliding_window", keys.integer("attention.sliding_window"));
        if (keys.isArray("attention.sliding_window_pattern")) {
            List<Boolean> slides = keys.flags("attention.sliding_window_pattern");
            config.put(
                    "layer_types",
                    slides.stream()
                            .map(slide -> slide ? "sliding_attention" : "full_attention")
                            .toList());
        } else {
            config.put("sliding_window_pattern", keys.integer("attention.sliding_window_pattern", 6));
        }
        config.put("rope_theta", keys.real("rope.freq_base", 1_000_000));
        config.put("rope_local_base_freq", keys.real("rope.freq_base_swa", 10_000));
        names = new GgufNames(GgufNames.NORMS_AFTER, List.of());
    }

    private double queryScalar() {
        if (keys.has("attention.scale")) {
            return Math.pow(keys.real("attention.scale"), -2);
        }
        return LARGEST_GEMMAS.contains(keys.integer("block_count"))
                ? (double) keys.integer("embedding_length") / keys.integer("attention.head_count")
                : number("head_dim");
    }

    private void phi3() {
        decoder("Phi3ForCausalLM");
        if (keys.integer("attention.sliding_window", 0) > 0) {
            config.put("sliding_window", keys.integer("attention.sliding_window"));
        }
        int queries = number("num_attention_heads") * number("head_dim");
        Rows keyRows = new Rows("k_proj", number("num_key_value_heads") * number("head_dim"));
        Rows gate = new Rows("gate_proj", number("intermediate_size"));
        names = new GgufNames(
                Map.of(),
                List.of(
                        FusedProjection.stacked(
                                "qkv_proj", new Rows("q_proj", queries), keyRows, new Rows("v_proj", keyRows.count())),
                        FusedProjection.stacked("gate_up_proj", gate, new Rows("up_proj", gate.count()))));
    }

    private void gptNeoX() {
        sizes("GPTNeoXForCausalLM", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size");
        int hidden = number("hidden_size");
        int headSize = hidden / number("num_attention_heads");
        keys.only("attention.head_count_kv", number("num_attention_heads"), "every query head has a key head");
        config.put("max_position_embeddings", keys.integer("context_length"));
        config.put("layer_norm_eps", keys.real("attention.layer_norm_epsilon"));
        config.put("rotary_pct", (double) keys.integer("rope.dimension_count", headSize) / headSize);
        config.put("rotary_emb_base", keys.real("rope.freq_base", 10_000));
        config.put("use_parallel_residual", keys.flag("use_parallel_residual", true));
        config.put("attention_bias", keys.hasTensor("blk.0.attn_qkv.bias"));
        Rows query = new Rows("query", hidden);
        names = new GgufNames(
                Map.of(),
                List.of(FusedProjection.stacked(
                        "query_key_value", query, new Rows("key", hidden), new Rows("value", hidden))));
    }

    private void starcoder() {
        gpt("GPTBigCodeForCausalLM");
        int headSize = number("n_embd") / number("n_head");
        keys.only("attention.head_count_kv", 1, "all query heads share one key head");
        Rows query = new Rows("q", number("n_embd"));
        names = new GgufNames(
                Map.of(),
                List.of(FusedProjection.stacked("c_attn", query, new Rows("k", headSize), new Rows("v", headSize))));
    }

    private void gpt2() {
        gpt("GPT2LMHeadModel");
        keys.only("attention.head_count_kv", number("n_head"), "every query head has a key head");
    }

    private void gpt(String architecture) {
        sizes(architecture, "n_embd", "n_layer", "n_head", "n_inner");
        config.put("n_positions", keys.integer("context_length"));
        config.put("layer_norm_epsilon", keys.real("attention.layer_norm_epsilon"));
        int hidden = number("n_embd");
        names = new GgufNames(
                Map.of(),
                List.of(FusedProjection.stacked(
                        "c_attn", new Rows("q", hidden), new Rows("k", hidden), new Rows("v", hidden))));
    }

    private void sizes(String architecture, String hidden, String layers, String heads, String inner) {
        config.put("architectures", List.of(architecture));
        config.put("vocab_size", keys.rows("token_embd.weight"));
        config.put("tie_word_embeddings", !keys.hasTensor("output.weight"));
        config.put(hidden, keys.integer("embedding_length"));
        config.put(layers, keys.integer("block_count"));
        config.put(heads, keys.integer("attention.head_count"));
        config.put(inner, keys.integer("feed_forward_length"));
    }

    /** What decoders with root mean square norms and rotary positions have. */
    private void decoder(String architecture) {
        sizes(architecture, "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size");
        int heads = number("num_attention_heads");
        int size = keys.integer("attention.key_length", number("hidden_size") / Math.max(1, heads));
        config.put("head_dim", size);
        keys.only("attention.value_length", size, "values must be as wide as keys");
        config.put("max_position_embeddings", keys.integer("context_length"));
        config.put("num_key_value_heads", keys.integer("attention.head_count_kv", heads));
        config.put("rms_norm_eps", keys.real("attention.layer_norm_rms_epsilon"));
        config.put("rope_theta", keys.real("rope.freq_base", 10_000));
        int rotated = keys.integer("rope.dimension_count", size);
        if (rotated != size) {
            config.put("partial_rotary_factor", (double) rotated / size);
        }
        Map<String, Object> scaling = GgufRope.scaling(keys);
        if (!scaling.isEmpty()) {
            config.put("rope_scaling", scaling);
        }
    }

    private int number(String key) {
        return ((Number) config.get(key)).intValue();
    }
}
