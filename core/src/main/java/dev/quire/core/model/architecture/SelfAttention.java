package dev.quire.core.model.architecture;

import dev.quire.api.program.CacheRef;
import dev.quire.api.program.Mask;
import dev.quire.api.program.Op.Attend.HeadShape;
import dev.quire.api.program.Op.Linear.Split;
import dev.quire.api.program.Rotary;
import dev.quire.api.program.Value;
import dev.quire.core.model.Bias;
import dev.quire.core.model.ProgramBuilder;
import java.util.Optional;

/**
 * Attention of one layer over the tokens before (Vaswani et al. 2017 §3.2), with fewer key heads than query heads where the family has that
 * (Ainslie et al. 2023 §2).
 *
 * @param projections what leads in and out
 * @param heads their number, size and scale
 * @param headNorm norms each query and key head before it is rotated, if the family does
 * @param rotary turns query and key heads by their position (Su et al. 2021 §3.4), if the family does
 * @param mask what a token sees
 * @param scoreCap soft cap on scores, if any
 */
record SelfAttention(
        Projections projections,
        HeadShape heads,
        Optional<Norm> headNorm,
        Optional<Rotary> rotary,
        Mask mask,
        Optional<Float> scoreCap) {
    /**
     * Modules of a layer.
     *
     * @param bias of query, key and value
     * @param outBias of the projection back into the residual stream
     */
    record Projections(String query, String key, String value, Bias bias, String out, Bias outBias) {
        /** Named as Llama's are, without biases. */
        static Projections llama() {
            return new Projections(
                    "self_attn.q_proj",
                    "self_attn.k_proj",
                    "self_attn.v_proj",
                    Bias.ABSENT,
                    "self_attn.o_proj",
                    Bias.ABSENT);
        }
    }

    /** Attention to all tokens before, with nothing else done to queries, keys or scores. */
    static SelfAttention causal(Projections projections, HeadShape heads) {
        return new SelfAttention(projections, heads, Optional.empty(), Optional.empty(), Mask.CAUSAL, Optional.empty());
    }

    /** The same with biases, or without. */
    SelfAttention biased(Bias in, Bias out) {
        Projections biased = new Projections(
                projections.query(), projections.key(), projections.value(), in, projections.out(), out);
        return new SelfAttention(biased, heads, headNorm, rotary, mask, scoreCap);
    }

    /** The same with query and key heads normed. */
    SelfAttention normed(Norm norm) {
        return new SelfAttention(projections, heads, Optional.of(norm), rotary, mask, scoreCap);
    }

    /** The same with query and key heads turned by {@code rotation}. */
    SelfAttention rotated(Rotary rotation) {
        return new SelfAttention(projections, heads, headNorm, Optional.of(rotation), mask, scoreCap);
    }

    /** The same for a layer that sees what {@code visible} says. */
    SelfAttention seeing(Mask visible) {
        return new SelfAttention(projections, heads, headNorm, rotary, visible, scoreCap);
    }

    /** The same with scores capped if {@code cap} is there. */
    SelfAttention capped(Optional<Float> cap) {
        return new SelfAttention(projections, heads, headNorm, rotary, mask, cap);
    }

    /** What the layer's attention gives for {@code x}, which is normed already where the family norms before. */
    Value write(ProgramBuilder p, Value x, CacheRef cache) {
        int size = heads.headSize();
        int queries = heads.heads() * size;
        int keys = heads.kvHeads() * size;
        Value q = p.linear("q", x, projections.query(), queries, Split.WHOLE, projections.bias());
        Value k = p.linear("k", x, projections.key(), keys, Split.WHOLE, projections.bias());
        Value v = p.linear("v", x, projections.value(), keys, Split.WHOLE, projections.bias());
        if (headNorm.isPresent()) {
            q = headNorm.get().writePerHead(p, "q_normed", q, "self_attn.q_norm", size);
            k = headNorm.get().writePerHead(p, "k_normed", k, "self_attn.k_norm", size);
        }
        if (rotary.isPresent()) {
            q = p.rope("q_rotated", q, rotary.get(), size);
            k = p.rope("k_rotated", k, rotary.get(), size);
        }
        p.writeKv(k, v, cache);
        Value attended = p.attend("attention", q, cache, heads, mask, scoreCap);
        return p.linear("o", attended, projections.out(), x.width(), Split.EIGHT_SLICES, projections.outBias());
    }
}
