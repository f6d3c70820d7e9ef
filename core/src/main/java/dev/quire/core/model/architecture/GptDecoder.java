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
import dev.quire.core.model.architecture.Architecture.Definition;
import dev.quire.core.model.architecture.Architecture.Serving;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The decoder of GPT-2 (Radford et al. 2019 §2.3) and of those that keep its config and its modules: learned positions, LayerNorm before each half of a
 * layer, biases everywhere.
 *
 * @param vocab entries of the vocabulary
 * @param positions tokens of the longest sequence
 * @param hidden width of the residual stream
 * @param eps of the norms
 * @param heads of each layer, alike but for their scale
 * @param mlp of every layer
 * @param tied whether the output head is the embedding
 */
record GptDecoder(int vocab, int positions, int hidden, double eps, List<HeadShape> heads, Mlp mlp, boolean tied) {
    /** What checkpoints of these families name their modules by. */
    static final String PREFIX = "transformer.";

    private static final SelfAttention.Projections PROJECTIONS =
            new SelfAttention.Projections("attn.q", "attn.k", "attn.v", Bias.PRESENT, "attn.c_proj", Bias.PRESENT);

    /**
     * Reads what these families spell alike.
     *
     * @param activation where the config names none
     * @param heads by the layer's number from 0
     */
    static GptDecoder of(ModelConfig c, String activation, IntFunction<HeadShape> heads) {
        c.only("add_cross_attention", false);
        int hidden = c.integer("n_embd");
        Mlp mlp = new Mlp.Plain(
                "mlp.c_fc",
                "mlp.c_proj",
                c.integer("n_inner", 4 * hidden),
                ActivationNames.of(c, "activation_function", activation),
                Bias.PRESENT);
        return new GptDecoder(
                c.integer("vocab_size"),
                c.integer("n_positions"),
                hidden,
                c.number("layer_norm_epsilon"),
                IntStream.range(0, c.integer("n_layer")).mapToObj(heads).toList(),
                mlp,
                c.flag("tie_word_embeddings", true));
    }

    /** The model, to be served under the family's name. */
    Definition define(String name, WeightFormats formats, Serving serving) {
        ModelInfo info = new ModelInfo(name, vocab, hidden, heads.size(), positions);
        return Definition.of(info, program(formats), heads.getFirst(), serving);
    }

    private Program program(WeightFormats formats) {
        ProgramBuilder p = new ProgramBuilder(formats);
        Value token = p.embed("token", Value.TOKENS, PREFIX + "wte", vocab, hidden);
        Value position = p.embed("position", Value.POSITIONS, PREFIX + "wpe", positions, hidden);
        Value x = p.add("embedding", token, position);
        for (int i = 0; i < heads.size(); i++) {
            x = layer(p.within("layer" + i, PREFIX + "h." + i), x, i);
        }
        Value last = p.layerNorm("norm", p.gatherRows("wanted", x), PREFIX + "ln_f", eps);
        return p.build(p.head("logits", last, tied ? PREFIX + "wte" : "lm_head", vocab));
    }

    private Value layer(ProgramBuilder p, Value x, int i) {
        Value h = p.layerNorm("attention_norm", x, "ln_1", eps);
        h = SelfAttention.causal(PROJECTIONS, heads.get(i)).write(p, h, new CacheRef(0, i));
        x = p.add("after_attention", x, h);

        h = p.layerNorm("mlp_norm", x, "ln_2", eps);
        return p.add("out", x, mlp.write(p, h));
    }

    /** Masks that checkpoints of these families carry. */
    static boolean isBuffer(String tensor) {
        return tensor.endsWith(".attn.bias") || tensor.endsWith(".attn.masked_bias");
    }
}
