package dev.quire.core.model.architecture;

import dev.quire.api.program.Mask;
import dev.quire.core.model.ModelConfig;
import dev.quire.core.model.WeightFormats;
import dev.quire.core.model.architecture.FusedProjection.Rows;
import dev.quire.core.weights.TensorMap;
import dev.quire.core.weights.TensorView;
import java.util.Set;

/** Phi-3 (Abdin et al. 2024 §2): a Llama that stores query, key and value as one, gate and up as another, and may rotate part of a head. */
final class Phi3 implements Architecture {
    private static final String NAME = "Phi3ForCausalLM";

    @Override
    public Set<String> names() {
        return Set.of(NAME);
    }

    @Override
    public Definition define(ModelConfig c, WeightFormats formats, Serving serving) {
        c.only("attention_bias", false);
        c.only("mlp_bias", false);
        c.only("lm_head_bias", false);
        c.only("full_attn_mod", 1);
        c.only("interpolate_factor", 1);
        Mask mask = LayerMasks.ofAll(c);
        return RotaryDecoder.of(c, serving)
                .withAttention((i, plain) -> plain.seeing(mask))
                .define(NAME, formats, serving);
    }

    @Override
    public TensorMap weights(ModelConfig config, Set<String> tensors) {
        DecoderConfig c = DecoderConfig.of(config, false);
        Rows keys = new Rows("k_proj", c.keys());
        Rows values = new Rows("v_proj", c.keys());
        var attention = FusedProjection.stacked("qkv_proj", new Rows("q_proj", c.queries()), keys, values);
        Rows gate = new Rows("gate_proj", c.intermediate());
        var mlp = FusedProjection.stacked("gate_up_proj", gate, new Rows("up_proj", c.intermediate()));
        return name -> attention.view(name).or(() -> mlp.view(name)).orElseGet(() -> TensorView.whole(name));
    }
}
