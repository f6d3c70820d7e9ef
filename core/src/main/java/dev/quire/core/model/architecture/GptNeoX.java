package dev.quire.core.model.architecture;

import dev.quire.api.program.CacheRef;
import dev.quire.api.program.Op.Attend.HeadShape;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.core.model.Bias;
import dev.quire.core.model.ModelConfig;
import dev.quire.core.model.ModelInfo;
import dev.quire.core.model.ProgramBuilder;
import dev.quire.core.model.WeightFormats;
import dev.quire.core.model.architecture.SelfAttention.Projections;
import dev.quire.core.weights.TensorMap;
import dev.quire.core.weights.TensorView;
import java.util.List;
import java.util.Set;

/**
 * GPT-NeoX (Black et al. 2022 §2.1): part of each head is rotated, and attention and MLP may read the same residual, side by side. Pythia, Dolly and
 * StableLM-alpha are of this family.
 */
final class GptNeoX implements Architecture {
    private static final String NAME = "GPTNeoXForCausalLM";

    /** Sizes of a GPT-NeoX. */
    private record Config(
            int vocab,
            int hidden,
            int layers,
            double eps,
            SelfAttention attention,
            Mlp mlp,
            int positions,
            boolean parallel,
            boolean tied) {
        static Config of(ModelConfig c, Serving serving) {
            int hidden = c.integer("hidden_size");
            int heads = c.integer("num_attention_heads");
            int size = hidden / heads;
            RopeScaling rope = RopeScaling.of(c, c.number("rotary_emb_base", 10_000), c.number("rotary_pct", 0.25));
            Bias bias = Bias.of(c.flag("attention_bias", true));
            Projections projections = new Projections(
                    "attention.query", "attention.key", "attention.value", bias, "attention.dense", bias);
            return new Config(
                    c.integer("vocab_size"),
                    hidden,
                    c.integer("num_hidden_layers"),
                    c.number("layer_norm_eps"),
                    SelfAttention.causal(projections, new HeadShape(heads, heads, size, 1 / Math.sqrt(size)))
                            .rotated(rope.rotary(size, serving.maxModelLen())),
                    new Mlp.Plain(
                            "mlp.dense_h_to_4h",
                            "mlp.dense_4h_to_h",
                            c.integer("intermediate_size"),
                            ActivationNames.of(c, "hidden_act", "gelu"),
                            Bias.PRESENT),
                    rope.maxPositions(),
                    c.flag("use_parallel_residual", true),
                    c.flag("tie_word_embeddings", false));
        }
    }

    @Override
    public Set<String> names() {
        return Set.of(NAME);
    }

    @Override
    public Definition define(ModelConfig config, WeightFormats formats, Serving serving) {
        Config c = Config.of(config, serving);
        ModelInfo info = new ModelInfo(NAME, c.vocab(), c.hidden(), c.layers(), c.positions());
        return Definition.of(info, program(c, formats), c.attention().heads(), serving);
    }

    private static Program program(Config c, WeightFormats formats) {
        ProgramBuilder p = new ProgramBuilder(formats);
        Value x = p.embed("embedding", Value.TOKENS, "gpt_neox.embed_in", c.vocab(), c.hidden());
        for (int i = 0; i < c.layers(); i++) {
            x = layer(c, p.within("layer" + i, "gpt_neox.layers." + i), x, new CacheRef(0, i));
        }
        Value last = p.layerNorm("norm", p.gatherRows("wanted", x), "gpt_neox.final_layer_norm", c.eps());
        return p.build(p.head("logits", last, c.tied() ? "gpt_neox.embed_in" : "embed_out", c.vocab()));
    }

    private static Value layer(Config c, ProgramBuilder p, Value x, CacheRef cache) {
        Value h = p.layerNorm("attention_norm", x, "input_layernorm", c.eps());
        Value attended = p.add("after_attention", x, c.attention().write(p, h, cache));

        h = p.layerNorm("mlp_norm", c.parallel() ? x : attended, "post_attention_layernorm", c.eps());
        return p.add("out", attended, c.mlp().write(p, h));
    }

    @Override
    public TensorMap weights(ModelConfig config, Set<String> tensors) {
        int hidden = config.integer("hidden_size");
        int heads = config.integer("num_attention_heads");
        var attention = FusedProjection.headwise(
                "query_key_value", List.of("query", "key", "value"), heads, hidden / heads, hidden);
        return name -> attention.view(name).orElseGet(() -> TensorView.whole(name));
    }

    @Override
    public boolean isBuffer(String tensor) {
        return tensor.endsWith(".attention.bias") || tensor.endsWith(".attention.masked_bias");
    }
}
