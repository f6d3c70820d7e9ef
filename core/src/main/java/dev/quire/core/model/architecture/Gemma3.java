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
import java.util.Optional;
import java.util.Set;

/**
 * Gemma 3 (Gemma Team 2025 §2), the text model: a Gemma 2 that norms query and key heads in place of capping scores; one layer in six sees
 * everything and has a rotation of its own.
 */
final class Gemma3 implements Architecture {
    private static final String NAME = "Gemma3ForCausalLM";
    private static final double GLOBAL_THETA = 1_000_000;
    private static final double LOCAL_THETA = 10_000;

    /** What a Gemma 3's config says beside its sizes. */
    private record Config(
            DecoderConfig sizes,
            Activation activation,
            Rotary global,
            Rotary local,
            int positions,
            List<Mask> masks,
            Bias bias,
            double normOffset,
            Optional<Float> scoreCap,
            Optional<Double> logitCap) {
        static Config of(ModelConfig c, Serving serving) {
            c.only("use_bidirectional_attention", false);
            DecoderConfig sizes = DecoderConfig.of(c, true);
            int headSize = sizes.heads().headSize();
            int period = c.integer("sliding_window_pattern", c.integer("_sliding_window_pattern", 6));
            return new Config(
                    sizes.withScale(1 / Math.sqrt(c.number("query_pre_attn_scalar", 256))),
                    ActivationNames.of(c, "hidden_activation", "gelu_pytorch_tanh"),
                    global(c).rotary(headSize, serving.maxModelLen()),
                    local(c).rotary(headSize, serving.maxModelLen()),
                    c.integer("max_position_embeddings", 131_072),
                    LayerMasks.of(c, sizes.layers(), i -> (i + 1) % period != 0),
                    Bias.of(c.flag("attention_bias", false)),
                    Gemma.normOffset(c),
                    c.optionalNumber("attn_logit_softcapping").map(Double::floatValue),
                    c.optionalNumber("final_logit_softcapping"));
        }

        private static RopeScaling global(ModelConfig c) {
            double theta = c.number("rope_theta", GLOBAL_THETA);
            return c.section("rope_parameters")
                    .flatMap(kinds -> kinds.section("full_attention"))
                    .map(section -> RopeScaling.ofSection(c, section, theta))
                    .orElseGet(() -> RopeScaling.of(c, theta, 1));
        }

        private static RopeScaling local(ModelConfig c) {
            double theta = c.number("rope_local_base_freq", LOCAL_THETA);
            return RopeScaling.ofSection(
                    c,
                    c.section("rope_parameters")
                            .flatMap(kinds -> kinds.section("sliding_attention"))
                            .orElseGet(ModelConfig::empty),
                    theta);
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
        if (config.logitCap().isEmpty()) {
            return p.build(p.linear("logits", last, c.head(), c.vocab(), Split.WHOLE));
        }
        Value raw = p.linear("raw_logits", last, c.head(), c.vocab(), Split.WHOLE);
        return p.build(p.softCap("logits", raw, config.logitCap().get()));
    }

    private static Value layer(Config config, ProgramBuilder p, Value x, int i) {
        DecoderConfig c = config.sizes();
        CacheRef cache = new CacheRef(0, i);
        int headSize = c.heads().headSize();
        Mask mask = config.masks().get(i);
        Rotary rotary = mask instanceof Mask.SlidingWindow ? config.local() : config.global();
        Value h = norm(config, p, "attention_norm", x, "input_layernorm");
        Value q = p.linear("q", h, "self_attn.q_proj", c.queries(), Split.WHOLE, config.bias());
        Value k = p.linear("k", h, "self_attn.k_proj", c.keys(), Split.WHOLE, config.bias());
        Value v = p.linear("v", h, "self_attn.v_proj", c.keys(), Split.WHOLE, config.bias());
        q = p.rmsNorm("q_normed", q, "self_attn.q_norm", c.eps(), headSize, config.normOffset());
        k = p.rmsNorm("k_normed", k, "self_attn.k_norm", c.eps(), headSize, config.normOffset());
        q = p.rope("q_rotated", q, rotary, headSize);
        k = p.rope("k_rotated", k, rotary, headSize);
        p.writeKv(k, v, cache);
        h = p.attend("attention", q, cache, c.heads(), mask, config.scoreCap());
        h = p.linear("o", h, "self_attn.o_proj", c.hidden(), Split.EIGHT_SLICES, config.bias());
        x = p.add("after_attention", x, norm(config, p, "attention_out", h, "post_attention_layernorm"));

        h = norm(config, p, "mlp_norm", x, "pre_feedforward_layernorm");
        Value gate = p.linear("gate", h, "mlp.gate_proj", c.intermediate(), Split.WHOLE);
        Value up = p.linear("up", h, "mlp.up_proj", c.intermediate(), Split.WHOLE);
        h = p.gated("mlp", gate, up, config.activation());
        h = p.linear("down", h, "mlp.down_proj", c.hidden(), Split.EIGHT_SLICES);
        return p.add("out", x, norm(config, p, "mlp_out", h, "post_feedforward_layernorm"));
    }

    private static Value norm(Config config, ProgramBuilder p, String name, Value x, String module) {
        return p.rmsNorm(name, x, module, config.sizes().eps(), x.width(), config.normOffset());
    }

    @Override
    public Set<String> harmlessKeys() {
        return Set.of("hidden_act", "cache_implementation");
    }
}
