package dev.quire.core.model.architecture;

import dev.quire.api.program.Activation;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.Mask;
import dev.quire.api.program.Op.Linear.Split;
import dev.quire.api.program.Program;
import dev.quire.api.program.Rotary;
import dev.quire.api.program.Value;
import dev.quire.core.model.Bias;
import dev.quire.core.model.ModelConfig;
import dev.quire.core.model.ProgramBuilder;
import dev.quire.core.model.WeightFormats;
import java.util.List;
import java.util.Set;

/** Qwen2 (Yang et al. 2024 §2.2.1): a Llama with biases on query, key and value, whose upper layers may see only a window. */
final class Qwen2 implements Architecture {
    private static final String NAME = "Qwen2ForCausalLM";

    /** What a Qwen2's config says beside its sizes. */
    private record Config(DecoderConfig sizes, Activation activation, Rotary rotary, int positions, List<Mask> masks) {
        static Config of(ModelConfig c, Serving serving) {
            c.only("use_mrope", false);
            DecoderConfig sizes = DecoderConfig.of(c, false);
            RopeScaling rope = RopeScaling.of(c);
            boolean windows = c.flag("use_sliding_window", false);
            int firstWindow = c.integer("max_window_layers", 28);
            return new Config(
                    sizes,
                    ActivationNames.of(c, "hidden_act", "silu"),
                    rope.rotary(sizes.heads().headSize(), serving.maxModelLen()),
                    rope.maxPositions(),
                    LayerMasks.of(c, sizes.layers(), i -> windows && i >= firstWindow));
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
        Value q = p.linear("q", h, "self_attn.q_proj", c.queries(), Split.WHOLE, Bias.PRESENT);
        Value k = p.linear("k", h, "self_attn.k_proj", c.keys(), Split.WHOLE, Bias.PRESENT);
        Value v = p.linear("v", h, "self_attn.v_proj", c.keys(), Split.WHOLE, Bias.PRESENT);
        q = p.rope("q_rotated", q, config.rotary(), c.heads().headSize());
        k = p.rope("k_rotated", k, config.rotary(), c.heads().headSize());
        p.writeKv(k, v, cache);
        h = p.attend("attention", q, cache, c.heads(), config.masks().get(i));
        h = p.linear("o", h, "self_attn.o_proj", c.hidden(), Split.EIGHT_SLICES);
        x = p.add("after_attention", x, h);

        h = p.rmsNorm("mlp_norm", x, "post_attention_layernorm", c.eps());
        Value gate = p.linear("gate", h, "mlp.gate_proj", c.intermediate(), Split.WHOLE);
        Value up = p.linear("up", h, "mlp.up_proj", c.intermediate(), Split.WHOLE);
        h = p.gated("mlp", gate, up, config.activation());
        h = p.linear("down", h, "mlp.down_proj", c.hidden(), Split.EIGHT_SLICES);
        return p.add("out", x, h);
    }
}
