package dev.quire.core.model.checkpoint;

import dev.quire.core.model.architecture.FusedProjection;
import dev.quire.core.weights.TensorMap;
import dev.quire.core.weights.TensorView;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of GGUF tensors by those that Hugging Face checkpoints and programs use. A name that GGUF has none for stays as it is. */
final class GgufNames implements TensorMap {
    private static final Pattern LAYER =
            Pattern.compile("(?:model|transformer|gpt_neox)\\.(?:layers|h)\\.(\\d+)\\.(.+)\\.(weight|bias)");
    private static final Pattern OUTER = Pattern.compile("(.+)\\.(weight|bias)");

    private static final Map<String, String> OUTSIDE = Map.ofEntries(
            Map.entry("model.embed_tokens", "token_embd"),
            Map.entry("transformer.wte", "token_embd"),
            Map.entry("transformer.wpe", "position_embd"),
            Map.entry("gpt_neox.embed_in", "token_embd"),
            Map.entry("model.norm", "output_norm"),
            Map.entry("transformer.ln_f", "output_norm"),
            Map.entry("gpt_neox.final_layer_norm", "output_norm"),
            Map.entry("lm_head", "output"),
            Map.entry("embed_out", "output"));

    private static final Map<String, String> IN_LAYER = Map.ofEntries(
            Map.entry("input_layernorm", "attn_norm"),
            Map.entry("self_attn.q_proj", "attn_q"),
            Map.entry("self_attn.k_proj", "attn_k"),
            Map.entry("self_attn.v_proj", "attn_v"),
            Map.entry("self_attn.qkv_proj", "attn_qkv"),
            Map.entry("self_attn.o_proj", "attn_output"),
            Map.entry("self_attn.q_norm", "attn_q_norm"),
            Map.entry("self_attn.k_norm", "attn_k_norm"),
            Map.entry("post_attention_layernorm", "ffn_norm"),
            Map.entry("mlp.gate_proj", "ffn_gate"),
            Map.entry("mlp.up_proj", "ffn_up"),
            Map.entry("mlp.gate_up_proj", "ffn_up"),
            Map.entry("mlp.down_proj", "ffn_down"),
            Map.entry("block_sparse_moe.gate", "ffn_gate_inp"),
            Map.entry("block_sparse_moe.experts.w1", "ffn_gate_exps"),
            Map.entry("block_sparse_moe.experts.w3", "ffn_up_exps"),
            Map.entry("block_sparse_moe.experts.w2", "ffn_down_exps"),
            Map.entry("mlp.gate", "ffn_gate_inp"),
            Map.entry("mlp.experts.gate_proj", "ffn_gate_exps"),
            Map.entry("mlp.experts.up_proj", "ffn_up_exps"),
            Map.entry("mlp.experts.down_proj", "ffn_down_exps"),
            Map.entry("ln_1", "attn_norm"),
            Map.entry("attn.c_attn", "attn_qkv"),
            Map.entry("attn.c_proj", "attn_output"),
            Map.entry("ln_2", "ffn_norm"),
            Map.entry("mlp.c_fc", "ffn_up"),
            Map.entry("mlp.c_proj", "ffn_down"),
            Map.entry("attention.query_key_value", "attn_qkv"),
            Map.entry("attention.dense", "attn_output"),
            Map.entry("mlp.dense_h_to_4h", "ffn_up"),
            Map.entry("mlp.dense_4h_to_h", "ffn_down"));

    /** Families that norm what the halves of a layer give too. */
    static final Map<String, String> NORMS_AFTER = Map.of(
            "post_attention_layernorm", "post_attention_norm",
            "pre_feedforward_layernorm", "ffn_norm",
            "post_feedforward_layernorm", "post_ffw_norm");

    private final Map<String, String> inLayer = new HashMap<>(IN_LAYER);
    private final List<FusedProjection> fused;
    private final StackedExperts experts;

    /**
     * @param own names of modules in a layer that the family has otherwise
     * @param fused what files of the family store as one
     */
    GgufNames(Map<String, String> own, List<FusedProjection> fused) {
        this(own, fused, new StackedExperts(Map.of()));
    }

    private GgufNames(Map<String, String> own, List<FusedProjection> fused, StackedExperts experts) {
        this.inLayer.putAll(own);
        this.fused = List.copyOf(fused);
        this.experts = experts;
    }

    /** Of files that store the matrices of all experts of a layer as one, with {@code rows} for each expert by the name of its module. */
    static GgufNames ofExperts(Map<String, Integer> rows) {
        return new GgufNames(Map.of(), List.of(), new StackedExperts(rows));
    }

    @Override
    public TensorView view(String name) {
        return fused.stream()
                .map(projection -> projection.view(name, this::whole))
                .flatMap(Optional::stream)
                .findFirst()
                .or(() -> experts.view(name, this::whole))
                .orElseGet(() -> whole(name));
    }

    private TensorView whole(String name) {
        return TensorView.whole(tensor(name));
    }

    private String tensor(String name) {
        Matcher layer = LAYER.matcher(name);
        if (layer.matches() && inLayer.containsKey(layer.group(2))) {
            return "blk.%s.%s.%s".formatted(layer.group(1), inLayer.get(layer.group(2)), layer.group(3));
        }
        Matcher outer = OUTER.matcher(name);
        if (outer.matches() && OUTSIDE.containsKey(outer.group(1))) {
            return OUTSIDE.get(outer.group(1)) + "." + outer.group(2);
        }
        return name;
    }
}
