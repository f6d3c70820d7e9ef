package dev.quire.core.model.checkpoint;

import dev.quire.core.weights.TensorMap;
import dev.quire.core.weights.TensorView;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of GGUF tensors by those that Hugging Face checkpoints and programs use. A name that GGUF has none for stays as it is. */
final class GgufNames implements TensorMap {
    private static final Pattern LAYER = Pattern.compile("model\\.layers\\.(\\d+)\\.(.+)\\.(weight|bias)");
    private static final Pattern OUTER = Pattern.compile("(.+)\\.(weight|bias)");

    private static final Map<String, String> OUTSIDE = Map.of(
            "model.embed_tokens", "token_embd",
            "model.norm", "output_norm",
            "lm_head", "output");

    private static final Map<String, String> IN_LAYER = Map.ofEntries(
            Map.entry("input_layernorm", "attn_norm"),
            Map.entry("self_attn.q_proj", "attn_q"),
            Map.entry("self_attn.k_proj", "attn_k"),
            Map.entry("self_attn.v_proj", "attn_v"),
            Map.entry("self_attn.o_proj", "attn_output"),
            Map.entry("self_attn.q_norm", "attn_q_norm"),
            Map.entry("self_attn.k_norm", "attn_k_norm"),
            Map.entry("post_attention_layernorm", "ffn_norm"),
            Map.entry("mlp.gate_proj", "ffn_gate"),
            Map.entry("mlp.up_proj", "ffn_up"),
            Map.entry("mlp.down_proj", "ffn_down"));

    @Override
    public TensorView view(String name) {
        return TensorView.whole(tensor(name));
    }

    static String tensor(String name) {
        Matcher layer = LAYER.matcher(name);
        if (layer.matches() && IN_LAYER.containsKey(layer.group(2))) {
            return "blk.%s.%s.%s".formatted(layer.group(1), IN_LAYER.get(layer.group(2)), layer.group(3));
        }
        Matcher outer = OUTER.matcher(name);
        if (outer.matches() && OUTSIDE.containsKey(outer.group(1))) {
            return OUTSIDE.get(outer.group(1)) + "." + outer.group(2);
        }
        return name;
    }
}
