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
import java.util.Set;

/** Gemma (Gemma Team 2024 §2): wide heads, GeGLU, embeddings scaled by √hidden, norm weights counted from 1, a tied head. */
final class Gemma implements Architecture {
    private static final String NAME = "GemmaForCausalLM";

    /** What a Gemma's config says beside its sizes. */
    private record Config(
            DecoderConfig sizes, Activation activation, Rotary rotary, int positions, Bias bias, double normOffset) {
        static Config of(ModelConfig c, Serving serving) {
            c.only("use_bidirectional_attention", false);
            DecoderConfig sizes = DecoderConfig.of(c, true);
            RopeScaling rope = RopeScaling.of(c);
            return new Config(
                    sizes,
                    activation(c),
                    rope.rotary(sizes.heads().headSize(), serving.maxModelLen()),
                    rope.maxPositions(),
                    Bias.of(c.flag("attention_bias", false)),
                    Gemma.normOffset(c));
        }

        /** The first configs say gelu and mean its tanh form, with which the models were trained. */
        private static Activation activation(ModelConfig c) {
            Activation stated = ActivationNames.of(c, "hidden_act", "gelu_pytorch_tanh");
            Activation later = ActivationNames.of(c, "hidden_activation", "gelu_pytorch_tanh");
            return stated == Activation.GELU ? later : stated;
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
        Value tokens = p.embed("tokens_embedded", Value.TOKENS, "model.embed_tokens", c.vocab(), c.hidden());
        Value x = p.scale("embedding", tokens, Math.sqrt(c.hidden()));
        for (int i = 0; i < c.layers(); i++) {
            x = layer(config, p.within("layer" + i, "model.layers." + i), x, i);
        }
        Value last = norm(config, p, "norm", p.gatherRows("wanted", x), "model.norm");
        return p.build(p.linear("logits", last, c.head(), c.vocab(), Split.WHOLE));
    }

    private static Value layer(Config config, ProgramBuilder p, Value x, int i) {
        DecoderConfig c = config.sizes();
        CacheRef cache = new CacheRef(0, i);
        Value h = norm(config, p, "attention_norm", x, "input_layernorm");
        Value q = p.linear("q", h, "self_attn.q_proj", c.queries(), Split.WHOLE, config.bias());
        Value k = p.linear("k", h, "self_attn.k_proj", c.keys(), Split.WHOLE, config.bias());
        Value v = p.linear("v", h, "self_attn.v_proj", c.keys(), Split.WHOLE, config.bias());
        q = p.rope("q_rotated", q, config.rotary(), c.heads().headSize());
        k = p.rope("k_rotated", k, config.rotary(), c.heads().headSize());
        p.writeKv(k, v, cache);
        h = p.attend("attention", q, cache, c.heads(), Mask.CAUSAL);
        h = p.linear("o", h, "self_attn.o_proj", c.hidden(), Split.EIGHT_SLICES, config.bias());
        x = p.add("after_attention", x, h);

        h = norm(config, p, "mlp_norm", x, "post_attention_layernorm");
        Value gate = p.linear("gate", h, "mlp.gate_proj", c.intermediate(), Split.WHOLE);
        Value up = p.linear("up", h, "mlp.up_proj", c.intermediate(), Split.WHOLE);
        h = p.gated("mlp", gate, up, config.activation());
        h = p.linear("down", h, "mlp.down_proj", c.hidden(), Split.EIGHT_SLICES);
        return p.add("out", x, h);
    }

    /** Norm weights are stored as what they add to 1; GGUF files store the sum. */
    static double normOffset(ModelConfig c) {
        return c.number("rms_norm_offset", 1);
    }

    private static Value norm(Config config, ProgramBuilder p, String name, Value x, String module) {
        return p.rmsNorm(name, x, module, config.sizes().eps(), x.width(), config.normOffset());
    }
}
