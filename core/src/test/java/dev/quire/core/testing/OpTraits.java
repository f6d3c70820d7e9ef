package dev.quire.core.testing;

import dev.quire.api.program.ExpertOp;
import dev.quire.api.program.Op;
import dev.quire.api.program.Value;
import java.util.ArrayList;
import java.util.List;

/** What a kernel of an op may or may not carry: an op's kind, and the choices that its record makes, each in words. */
public final class OpTraits {
    private final String kind;
    private final List<String> traits = new ArrayList<>();

    private OpTraits(String kind) {
        this.kind = kind;
        traits.add(kind);
    }

    /** The traits of an op; the first is its kind. */
    public static List<String> of(Op op) {
        OpTraits t = new OpTraits(op.kind());
        switch (op) {
            case Op.Embed o -> {
                t.is("by position", o.ids().equals(Value.POSITIONS));
                t.is("with an offset", o.offset() != 0);
            }
            case Op.RmsNorm o -> {
                t.is("without a weight", o.weight().isEmpty());
                t.is("with an offset", o.weightOffset() != 0);
                t.is("per head", o.group() < o.x().width());
            }
            case Op.LayerNorm o -> {
                t.is("without a weight", o.weight().isEmpty());
                t.is("without a bias", o.bias().isEmpty());
                t.is("per head", o.group() < o.x().width());
            }
            case Op.Linear o -> {
                t.is("with a bias", o.bias().isPresent());
                t.is(o.split().name(), true);
            }
            case Op.Rope o -> {
                t.is(o.rotary().pairing().name(), true);
                t.is("of part of a head", o.rotary().dim() < o.headSize());
                t.is("with a magnitude", o.rotary().magnitude() != 1);
            }
            case Op.Attend o -> {
                t.is(o.mask().getClass().getSimpleName(), true);
                t.is(o.keys().getClass().getSimpleName(), true);
                t.is("capped", o.softCap().isPresent());
                t.is("with ALiBi", !o.alibi().isEmpty());
                t.is("with grouped heads", o.shape().kvHeads() < o.shape().heads());
                t.is(
                        "with one KV head of several",
                        o.shape().kvHeads() == 1 && o.shape().heads() > 1);
            }
            case Op.Gated o -> t.is(o.activation().name(), true);
            case Op.Activate o -> t.is(o.activation().name(), true);
            case Op.Slice o -> t.is("past the beginning", o.from() > 0);
            case ExpertOp.Route o -> t.is("over " + o.over(), true);
            case ExpertOp.ExpertLinear o -> {
                t.is(o.split().name(), true);
                t.is("of shared rows", o.shared());
                t.is("of rows of its own", !o.shared());
            }
            case Op.WriteKv _, Op.Add _, Op.Scale _, Op.SoftCap _, Op.GatherRows _, Op.Sample _, Op.Composite _ -> {}
            case ExpertOp.WeightedSum _ -> {}
        }
        return t.traits;
    }

    private void is(String trait, boolean present) {
        if (present) {
            traits.add(kind + " " + trait);
        }
    }
}
