package dev.quire.core.model.architecture;

import dev.quire.api.program.CacheRef;
import dev.quire.api.program.Program;
import dev.quire.api.program.Rotary;
import dev.quire.api.program.Value;
import dev.quire.core.model.Bias;
import dev.quire.core.model.ModelConfig;
import dev.quire.core.model.ProgramBuilder;
import dev.quire.core.model.WeightFormats;
import dev.quire.core.model.architecture.Architecture.Definition;
import dev.quire.core.model.architecture.Architecture.Serving;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The decoder whose shape Llama set (Touvron et al. 2023 §2.2): an embedding, layers of rotary attention and MLP that each norm what they take
 * and add what they give, a norm and a head. A family says where it differs.
 *
 * @param sizes of the model
 * @param positions tokens of the longest sequence
 * @param norm every norm of the model
 * @param placement where a layer norms
 * @param embeddingScale factor on embeddings, if any
 * @param logitCap soft cap on logits, if any
 * @param layers in their order
 */
record RotaryDecoder(
        DecoderConfig sizes,
        int positions,
        Norm norm,
        Placement placement,
        Optional<Double> embeddingScale,
        Optional<Double> logitCap,
        List<Layer> layers) {
    /** One layer's halves. */
    record Layer(SelfAttention attention, Mlp mlp) {}

    /** Where a layer norms: what its halves take, or what they give as well. */
    enum Placement {
        BEFORE,
        AROUND
    }

    /** Makes the attention of layer {@code i}, counted from 0, out of the plain one. */
    @FunctionalInterface
    interface AttentionOfLayer {
        SelfAttention of(int i, SelfAttention plain);
    }

    /** What a config says under Llama's keys: every token before is seen, and nothing has a bias. */
    static RotaryDecoder of(ModelConfig c, Serving serving) {
        DecoderConfig sizes = DecoderConfig.of(c, false);
        RopeScaling rope = RopeScaling.of(c);
        Rotary rotary = rope.rotary(sizes.heads().headSize(), serving.maxModelLen());
        Norm norm = new Norm(sizes.eps(), 0);
        return of(sizes, rope.maxPositions(), norm, rotary, Mlp.Gated.of(c, Bias.ABSENT));
    }

    /** A decoder whose layers are all alike, and norm before their halves. */
    static RotaryDecoder of(DecoderConfig sizes, int positions, Norm norm, Rotary rotary, Mlp mlp) {
        SelfAttention attention = SelfAttention.causal(SelfAttention.Projections.llama(), sizes.heads())
                .rotated(rotary);
        List<Layer> layers = Collections.nCopies(sizes.layers(), new Layer(attention, mlp));
        return new RotaryDecoder(sizes, positions, norm, Placement.BEFORE, Optional.empty(), Optional.empty(), layers);
    }

    /** The same with the attention of each layer changed. */
    RotaryDecoder withAttention(AttentionOfLayer change) {
        return withLayers(i ->
                new Layer(change.of(i, layers.get(i).attention()), layers.get(i).mlp()));
    }

    /** The same with other MLPs, by the layer's number from 0. */
    RotaryDecoder withMlp(IntFunction<Mlp> mlp) {
        return withLayers(i -> new Layer(layers.get(i).attention(), mlp.apply(i)));
    }

    private RotaryDecoder withLayers(IntFunction<Layer> layer) {
        List<Layer> changed = IntStream.range(0, layers.size()).mapToObj(layer).toList();
        return new RotaryDecoder(sizes, positions, norm, placement, embeddingScale, logitCap, changed);
    }

    /** The same with embeddings times {@code factor}. */
    RotaryDecoder withEmbeddingScale(double factor) {
        return new RotaryDecoder(sizes, positions, norm, placement, Optional.of(factor), logitCap, layers);
    }

    /** The same with logits capped if {@code cap} is there. */
    RotaryDecoder withLogitCap(Optional<Double> cap) {
        return new RotaryDecoder(sizes, positions, norm, placement, embeddingScale, cap, layers);
    }

    /** The same with layers that norm what their halves give, too. */
    RotaryDecoder withNormsAround() {
        return new RotaryDecoder(sizes, positions, norm, Placement.AROUND, embeddingScale, logitCap, layers);
    }

    /** The model, to be served under the family's name. */
    Definition define(String name, WeightFormats formats, Serving serving) {
        return Definition.of(sizes.info(name, positions), program(formats), sizes.heads(), serving);
    }

    private Program program(WeightFormats formats) {
        ProgramBuilder p = new ProgramBuilder(formats);
        Value x = embed(p);
        for (int i = 0; i < layers.size(); i++) {
            ProgramBuilder layer = p.within("layer" + i, "model.layers." + i);
            x = switch (placement) {
                case BEFORE -> before(layer, x, i);
                case AROUND -> around(layer, x, i);
            };
        }
        Value last = norm.write(p, "norm", p.gatherRows("wanted", x), "model.norm");
        return p.build(logits(p, last));
    }

    private Value embed(ProgramBuilder p) {
        Function<String, Value> rows =
                name -> p.embed(name, Value.TOKENS, "model.embed_tokens", sizes.vocab(), sizes.hidden());
        return embeddingScale
                .map(factor -> p.scale("embedding", rows.apply("tokens_embedded"), factor))
                .orElseGet(() -> rows.apply("embedding"));
    }

    /** x + attention(norm(x)), then x + mlp(norm(x)). */
    private Value before(ProgramBuilder p, Value x, int i) {
        Layer layer = layers.get(i);
        Value h = norm.write(p, "attention_norm", x, "input_layernorm");
        h = layer.attention().write(p, h, new CacheRef(0, i));
        x = p.add("after_attention", x, h);

        h = norm.write(p, "mlp_norm", x, "post_attention_layernorm");
        return p.add("out", x, layer.mlp().write(p, h));
    }

    /** x + norm(attention(norm(x))), then x + norm(mlp(norm(x))). */
    private Value around(ProgramBuilder p, Value x, int i) {
        Layer layer = layers.get(i);
        Value h = norm.write(p, "attention_norm", x, "input_layernorm");
        h = layer.attention().write(p, h, new CacheRef(0, i));
        x = p.add("after_attention", x, norm.write(p, "attention_out", h, "post_attention_layernorm"));

        h = norm.write(p, "mlp_norm", x, "pre_feedforward_layernorm");
        h = layer.mlp().write(p, h);
        return p.add("out", x, norm.write(p, "mlp_out", h, "post_feedforward_layernorm"));
    }

    private Value logits(ProgramBuilder p, Value last) {
        Function<String, Value> head = name -> p.head(name, last, sizes.head(), sizes.vocab());
        return logitCap.map(cap -> p.softCap("logits", head.apply("raw_logits"), cap))
                .orElseGet(() -> head.apply("logits"));
    }
}
