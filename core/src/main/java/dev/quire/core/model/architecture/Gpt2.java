package dev.quire.core.model.architecture;

import dev.quire.api.program.Activation;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.Mask;
import dev.quire.api.program.Op.Attend.HeadShape;
import dev.quire.api.program.Op.Linear.Split;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.core.model.Bias;
import dev.quire.core.model.ModelConfig;
import dev.quire.core.model.ModelInfo;
import dev.quire.core.model.ProgramBuilder;
import dev.quire.core.model.WeightFormats;
import dev.quire.core.model.architecture.FusedProjection.Rows;
import dev.quire.core.weights.TensorMap;
import dev.quire.core.weights.TensorView;
import java.util.List;
import java.util.Set;

/** GPT-2 (Radford et al. 2019 §2.3): pre-norm by LayerNorm, learned positions, biases everywhere, the head tied to the embedding. */
final class Gpt2 implements Architecture {
    private static final String NAME = "GPT2LMHeadModel";
    private static final String PREFIX = "transformer.";
    private static final List<String> TURNED = List.of("c_attn.weight", "c_proj.weight", "c_fc.weight");

    /** Sizes of a GPT-2, and how its layers scale their scores. */
    private record Config(
            int vocab,
            int positions,
            int hidden,
            int inner,
            int layers,
            int heads,
            double eps,
            Activation activation,
            boolean scaled,
            boolean scaledByLayer,
            boolean tied) {
        static Config of(ModelConfig c) {
            int hidden = c.integer("n_embd");
            c.only("add_cross_attention", false);
            return new Config(
                    c.integer("vocab_size"),
                    c.integer("n_positions"),
                    hidden,
                    c.integer("n_inner", 4 * hidden),
                    c.integer("n_layer"),
                    c.integer("n_head"),
                    c.number("layer_norm_epsilon"),
                    ActivationNames.of(c, "activation_function", "gelu_new"),
                    c.flag("scale_attn_weights", true),
                    c.flag("scale_attn_by_inverse_layer_idx", false),
                    c.flag("tie_word_embeddings", true));
        }

        HeadShape heads(int layer) {
            int size = hidden / heads;
            double scale = (scaled ? 1 / Math.sqrt(size) : 1) / (scaledByLayer ? layer + 1 : 1);
            return new HeadShape(heads, heads, size, scale);
        }
    }

    @Override
    public Set<String> names() {
        return Set.of(NAME);
    }

    @Override
    public Definition define(ModelConfig config, WeightFormats formats, Serving serving) {
        Config c = Config.of(config);
        ModelInfo info = new ModelInfo(NAME, c.vocab(), c.hidden(), c.layers(), c.positions());
        return Definition.of(info, program(c, formats), c.heads(0), serving);
    }

    private static Program program(Config c, WeightFormats formats) {
        ProgramBuilder p = new ProgramBuilder(formats);
        Value token = p.embed("token", Value.TOKENS, PREFIX + "wte", c.vocab(), c.hidden());
        Value position = p.embed("position", Value.POSITIONS, PREFIX + "wpe", c.positions(), c.hidden());
        Value x = p.add("embedding", token, position);
        for (int i = 0; i < c.layers(); i++) {
            x = layer(c, p.within("layer" + i, PREFIX + "h." + i), x, i);
        }
        Value last = p.layerNorm("norm", p.gatherRows("wanted", x), PREFIX + "ln_f", c.eps());
        return p.build(p.linear("logits", last, c.tied() ? PREFIX + "wte" : "lm_head", c.vocab(), Split.WHOLE));
    }

    private static Value layer(Config c, ProgramBuilder p, Value x, int i) {
        CacheRef cache = new CacheRef(0, i);
        Value h = p.layerNorm("attention_norm", x, "ln_1", c.eps());
        Value q = p.linear("q", h, "attn.q", c.hidden(), Split.WHOLE, Bias.PRESENT);
        Value k = p.linear("k", h, "attn.k", c.hidden(), Split.WHOLE, Bias.PRESENT);
        Value v = p.linear("v", h, "attn.v", c.hidden(), Split.WHOLE, Bias.PRESENT);
        p.writeKv(k, v, cache);
        h = p.attend("attention", q, cache, c.heads(i), Mask.CAUSAL);
        h = p.linear("o", h, "attn.c_proj", c.hidden(), Split.EIGHT_SLICES, Bias.PRESENT);
        x = p.add("after_attention", x, h);

        h = p.layerNorm("mlp_norm", x, "ln_2", c.eps());
        h = p.linear("up", h, "mlp.c_fc", c.inner(), Split.WHOLE, Bias.PRESENT);
        h = p.activate("mlp", h, c.activation());
        h = p.linear("down", h, "mlp.c_proj", c.hidden(), Split.EIGHT_SLICES, Bias.PRESENT);
        return p.add("out", x, h);
    }

    /** Layers are stored as [inputs, outputs], query, key and value side by side; the first files leave the prefix out. */
    @Override
    public TensorMap weights(ModelConfig config, Set<String> tensors) {
        int hidden = config.integer("n_embd");
        var attention =
                FusedProjection.stacked("c_attn", new Rows("q", hidden), new Rows("k", hidden), new Rows("v", hidden));
        boolean prefixed = tensors.contains(PREFIX + "wte.weight");
        return weight -> {
            String name = prefixed ? weight : weight.replaceFirst("^" + PREFIX, "");
            return attention.view(name, Gpt2::stored).orElseGet(() -> stored(name));
        };
    }

    private static TensorView stored(String name) {
        TensorView whole = TensorView.whole(name);
        return TURNED.stream().anyMatch(name::endsWith) ? whole.transposed() : whole;
    }

    @Override
    public Set<String> harmlessKeys() {
        return Set.of("n_ctx", "reorder_and_upcast_attn");
    }

    @Override
    public boolean isBuffer(String tensor) {
        return tensor.endsWith(".attn.bias") || tensor.endsWith(".attn.masked_bias");
    }
}
