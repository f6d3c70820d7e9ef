package dev.quire.core.model.architecture;

import dev.quire.api.program.Activation;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.Mask;
import dev.quire.api.program.Op.Linear.Split;
import dev.quire.api.program.Program;
import dev.quire.api.program.Rotary;
import dev.quire.api.program.Value;
import dev.quire.core.model.ModelConfig;
import dev.quire.core.model.ProgramBuilder;
import dev.quire.core.model.WeightFormats;
import dev.quire.core.model.architecture.FusedProjection.Rows;
import dev.quire.core.weights.TensorMap;
import dev.quire.core.weights.TensorView;
import java.util.Optional;
import java.util.Set;

/** Phi-3 (Abdin et al. 2024 §2): a Llama that stores query, key and value as one, gate and up as another, and may rotate part of a head. */
final class Phi3 implements Architecture {
    private static final String NAME = "Phi3ForCausalLM";

    /** What a Phi-3's config says beside its sizes. */
    private record Config(DecoderConfig sizes, Activation activation, Rotary rotary, int positions, Mask mask) {
        static Config of(ModelConfig c, Serving serving) {
            c.only("attention_bias", false);
            c.only("mlp_bias", false);
            c.only("lm_head_bias", false);
            c.only("full_attn_mod", 1);
            c.only("interpolate_factor", 1);
            DecoderConfig sizes = DecoderConfig.of(c, false);
            RopeScaling rope = RopeScaling.of(c);
            Optional<Mask> window = c.optionalInteger("sliding_window").map(Mask.SlidingWindow::new);
            return new Config(
                    sizes,
                    ActivationNames.of(c, "hidden_act", "silu"),
                    rope.rotary(sizes.heads().headSize(), serving.maxModelLen()),
                    rope.maxPositions(),
                    window.orElse(Mask.CAUSAL));
        }
    }

    @Override
    public Set<String> names() {
        return Set.of(NAME);
    }

    @Override
    public Definition define(ModelConfig config, WeightFormats formats, Serving serving) {
        Config c = Config.of(config, serving);
        return Definition.of(
                c.sizes().info(NAME, c.positions()),
                program(c, formats),
                c.sizes().heads(),
                serving);
    }

    private static Program program(Config config, WeightFormats formats) {
        DecoderConfig c = config.sizes();
        ProgramBuilder p = new ProgramBuilder(formats);
        Value x = p.embed("embedding", Value.TOKENS, "model.embed_tokens", c.vocab(), c.hidden());
        for (int i = 0; i < c.layers(); i++) {
            x = layer(config, p.within("layer" + i, "model.layers." + i), x, i);
        }
        Value last = p.rmsNorm("norm", p.gatherRows("wanted", x), "model.norm", c.eps());
        return p.build(p.linear("logits", last, c.head(), c.vocab(), Split.WHOLE));
    }

    private static Value layer(Config config, ProgramBuilder p, Value x, int i) {
        DecoderConfig c = config.sizes();
        CacheRef cache = new CacheRef(0, i);
        Value h = p.rmsNorm("attention_norm", x, "input_layernorm", c.eps());
        Value q = p.linear("q", h, "self_attn.q_proj", c.queries(), Split.WHOLE);
        Value k = p.linear("k", h, "self_attn.k_proj", c.keys(), Split.WHOLE);
        Value v = p.linear("v", h, "self_attn.v_proj", c.keys(), Split.WHOLE);
        q = p.rope("q_rotated", q, config.rotary(), c.heads().headSize());
        k = p.rope("k_rotated", k, config.rotary(), c.heads().headSize());
        p.writeKv(k, v, cache);
        h = p.attend("attention", q, cache, c.heads(), config.mask());
        h = p.linear("o", h, "self_attn.o_proj", c.hidden(), Split.EIGHT_SLICES);
        x = p.add("after_attention", x, h);

        h = p.rmsNorm("mlp_norm", x, "post_attention_layernorm", c.eps());
        Value gate = p.linear("gate", h, "mlp.gate_proj", c.intermediate(), Split.WHOLE);
        Value up = p.linear("up", h, "mlp.up_proj", c.intermediate(), Split.WHOLE);
        h = p.gated("mlp", gate, up, config.activation());
        h = p.linear("down", h, "mlp.down_proj", c.hidden(), Split.EIGHT_SLICES);
        return p.add("out", x, h);
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
