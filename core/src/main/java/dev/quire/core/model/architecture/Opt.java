package dev.quire.core.model.architecture;

import dev.quire.api.program.Activation;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.Op.Attend.HeadShape;
import dev.quire.api.program.Op.Linear.Split;
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
import java.util.Set;

/**
 * OPT (Zhang et al. 2022 §2.1): learned positions that begin at row 2, ReLU, LayerNorm before each half of a layer, or after it in the 350M
 * model, whose embeddings are narrower than its layers.
 */
final class Opt implements Architecture {
    private static final String NAME = "OPTForCausalLM";
    private static final String PREFIX = "model.decoder.";
    private static final int FIRST_POSITION = 2;
    private static final double EPS = 1e-5;

    /** Sizes of an OPT. */
    private record Config(
            int vocab,
            int embedding,
            int positions,
            int hidden,
            int layers,
            SelfAttention attention,
            Mlp mlp,
            boolean normBefore,
            boolean lastNorm,
            boolean learnedNorms,
            boolean tied) {
        static Config of(ModelConfig c) {
            int hidden = c.integer("hidden_size");
            int heads = c.integer("num_attention_heads");
            int size = hidden / heads;
            Bias bias = Bias.of(c.flag("enable_bias", true));
            Activation activation = ActivationNames.of(c, "activation_function", "relu");
            Projections projections = new Projections(
                    "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", bias, "self_attn.out_proj", bias);
            boolean before = c.flag("do_layer_norm_before", true);
            boolean removed = c.flag("_remove_final_layer_norm", false);
            return new Config(
                    c.integer("vocab_size"),
                    c.integer("word_embed_proj_dim", hidden),
                    c.integer("max_position_embeddings"),
                    hidden,
                    c.integer("num_hidden_layers"),
                    SelfAttention.causal(projections, new HeadShape(heads, heads, size, 1 / Math.sqrt(size))),
                    new Mlp.Plain("fc1", "fc2", c.integer("ffn_dim"), activation, bias),
                    before,
                    before && !removed,
                    c.flag("layer_norm_elementwise_affine", true),
                    c.flag("tie_word_embeddings", true));
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
        return Definition.of(info, program(c, formats), c.attention().heads(), serving);
    }

    private static Program program(Config c, WeightFormats formats) {
        ProgramBuilder p = new ProgramBuilder(formats);
        boolean narrow = c.embedding() != c.hidden();
        Value token = p.embed("token", Value.TOKENS, PREFIX + "embed_tokens", c.vocab(), c.embedding());
        token = narrow ? p.linear("token_in", token, PREFIX + "project_in", c.hidden(), Split.WHOLE) : token;
        Value position = p.embed(
                "position",
                Value.POSITIONS,
                PREFIX + "embed_positions",
                c.positions() + FIRST_POSITION,
                c.hidden(),
                FIRST_POSITION);
        Value x = p.add("embedding", token, position);
        for (int i = 0; i < c.layers(); i++) {
            x = layer(c, p.within("layer" + i, PREFIX + "layers." + i), x, new CacheRef(0, i));
        }
        Value last = p.gatherRows("wanted", x);
        last = c.lastNorm() ? norm(c, p, "norm", last, PREFIX + "final_layer_norm") : last;
        last = narrow ? p.linear("token_out", last, PREFIX + "project_out", c.embedding(), Split.WHOLE) : last;
        return p.build(p.head("logits", last, c.tied() ? PREFIX + "embed_tokens" : "lm_head", c.vocab()));
    }

    private static Value layer(Config c, ProgramBuilder p, Value x, CacheRef cache) {
        Value h = c.normBefore() ? norm(c, p, "attention_norm", x, "self_attn_layer_norm") : x;
        x = p.add("after_attention", x, c.attention().write(p, h, cache));
        x = c.normBefore() ? x : norm(c, p, "attention_norm", x, "self_attn_layer_norm");

        h = c.normBefore() ? norm(c, p, "mlp_norm", x, "final_layer_norm") : x;
        x = p.add("out", x, c.mlp().write(p, h));
        return c.normBefore() ? x : norm(c, p, "mlp_norm", x, "final_layer_norm");
    }

    private static Value norm(Config c, ProgramBuilder p, String name, Value x, String module) {
        return c.learnedNorms() ? p.layerNorm(name, x, module, EPS) : p.plainLayerNorm(name, x, EPS);
    }

    /** The first files name the decoder alone. */
    @Override
    public TensorMap weights(ModelConfig config, Set<String> tensors) {
        boolean bare = tensors.contains("decoder.embed_tokens.weight");
        return name -> TensorView.whole(bare ? name.replaceFirst("^model\\.", "") : name);
    }
}
