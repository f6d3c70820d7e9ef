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

/** GPT-BigCode (Ben Allal et al. 2023 §4): a GPT-2 whose query heads share one key and value head (Shazeer 2019). */
final class GptBigCode implements Architecture {
    private static final String NAME = "GPTBigCodeForCausalLM";

    /** Sizes of a GPT-BigCode. */
    private record Config(
            int vocab,
            int positions,
            int hidden,
            int inner,
            int layers,
            HeadShape heads,
            double eps,
            Activation activation,
            boolean tied) {
        static Config of(ModelConfig c) {
            c.only("add_cross_attention", false);
            int hidden = c.integer("n_embd");
            int heads = c.integer("n_head");
            int size = hidden / heads;
            double scale = c.flag("scale_attn_weights", true) ? 1 / Math.sqrt(size) : 1;
            return new Config(
                    c.integer("vocab_size"),
                    c.integer("n_positions"),
                    hidden,
                    c.integer("n_inner", 4 * hidden),
                    c.integer("n_layer"),
                    new HeadShape(heads, c.flag("multi_query", true) ? 1 : heads, size, scale),
                    c.number("layer_norm_epsilon"),
                    ActivationNames.of(c, "activation_function", "gelu_pytorch_tanh"),
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
        return Definition.of(info, program(c, formats), c.heads(), serving);
    }

    private static Program program(Config c, WeightFormats formats) {
        ProgramBuilder p = new ProgramBuilder(formats);
        Value token = p.embed("token", Value.TOKENS, "transformer.wte", c.vocab(), c.hidden());
        Value position = p.embed("position", Value.POSITIONS, "transformer.wpe", c.positions(), c.hidden());
        Value x = p.add("embedding", token, position);
        for (int i = 0; i < c.layers(); i++) {
            x = layer(c, p.within("layer" + i, "transformer.h." + i), x, new CacheRef(0, i));
        }
        Value last = p.layerNorm("norm", p.gatherRows("wanted", x), "transformer.ln_f", c.eps());
        return p.build(p.linear("logits", last, c.tied() ? "transformer.wte" : "lm_head", c.vocab(), Split.WHOLE));
    }

    private static Value layer(Config c, ProgramBuilder p, Value x, CacheRef cache) {
        int keys = c.heads().kvHeads() * c.heads().headSize();
        Value h = p.layerNorm("attention_norm", x, "ln_1", c.eps());
        Value q = p.linear("q", h, "attn.q", c.hidden(), Split.WHOLE, Bias.PRESENT);
        Value k = p.linear("k", h, "attn.k", keys, Split.WHOLE, Bias.PRESENT);
        Value v = p.linear("v", h, "attn.v", keys, Split.WHOLE, Bias.PRESENT);
        p.writeKv(k, v, cache);
        h = p.attend("attention", q, cache, c.heads(), Mask.CAUSAL);
        h = p.linear("o", h, "attn.c_proj", c.hidden(), Split.EIGHT_SLICES, Bias.PRESENT);
        x = p.add("after_attention", x, h);

        h = p.layerNorm("mlp_norm", x, "ln_2", c.eps());
        h = p.linear("up", h, "mlp.c_fc", c.inner(), Split.WHOLE, Bias.PRESENT);
        h = p.activate("mlp", h, c.activation());
        h = p.linear("down", h, "mlp.c_proj", c.hidden(), Split.EIGHT_SLICES, Bias.PRESENT);
        return p.add("out", x, h);
    }

    /** One shared key head lies below all queries; with a key head for each query head, the three lie together head by head. */
    @Override
    public TensorMap weights(ModelConfig config, Set<String> tensors) {
        Config c = Config.of(config);
        int size = c.heads().headSize();
        int heads = c.heads().heads();
        FusedProjection attention = c.heads().kvHeads() == 1
                ? FusedProjection.stacked("c_attn", new Rows("q", c.hidden()), new Rows("k", size), new Rows("v", size))
                : FusedProjection.headwise("c_attn", List.of("q", "k", "v"), heads, size, c.hidden());
        return name -> attention.view(name).orElseGet(() -> TensorView.whole(name));
    }

    /** Where softmax is rounded to float32 does not concern a program; the number of key heads follows from multi_query. */
    @Override
    public Set<String> harmlessKeys() {
        return Set.of(
                "attention_softmax_in_fp32",
                "scale_attention_softmax_in_fp32",
                "num_key_value_heads",
                "inference_runner",
                "validate_runner_input",
                "pre_allocate_kv_cache",
                "pad_key_length",
                "max_batch_size",
                "max_sequence_length",
                "n_ctx");
    }

    @Override
    public boolean isBuffer(String tensor) {
        return tensor.endsWith(".attn.bias") || tensor.endsWith(".attn.masked_bias");
    }
}
