package dev.quire.conformance.broken;

import dev.quire.api.program.Activation;
import dev.quire.api.program.Op;
import dev.quire.api.program.Rotary;
import dev.quire.api.program.WeightRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Mistakes of ops that work row by row. */
final class OpFaults {
    private OpFaults() {}

    static List<Fault> list() {
        List<Fault> faults = new ArrayList<>(norms());
        faults.addAll(ropes());
        faults.addAll(pointwise());
        return faults;
    }

    private static List<Fault> norms() {
        return List.of(
                rms("ignores eps", o -> rms(o, o.weight(), o.weightOffset(), 0, o.group())),
                rms("ignores the offset of norm weights", o -> rms(o, o.weight(), 0, o.eps(), o.group())),
                rms("ignores norm weights", o -> rms(o, Optional.empty(), 0, o.eps(), o.group())),
                rms(
                        "norms the whole row at once",
                        o -> o.weight().isPresent() ? o : rms(o, o.weight(), o.weightOffset(), o.eps(), o.x().width())),
                layer(
                        "does not subtract the mean",
                        o -> new Op.RmsNorm(o.x(), o.weight(), 0, o.eps(), o.group(), o.out())),
                layer(
                        "forgets the bias of a layer norm",
                        o -> new Op.LayerNorm(o.x(), o.weight(), Optional.empty(), o.eps(), o.group(), o.out())),
                layer(
                        "takes a layer norm's bias for its weight",
                        o -> new Op.LayerNorm(o.x(), o.bias(), o.weight(), o.eps(), o.group(), o.out())));
    }

    private static List<Fault> ropes() {
        return List.of(
                rope(
                        "pairs the wrong elements",
                        r -> new Rotary(
                                r.inverseFrequencies(),
                                r.magnitude(),
                                r.pairing() == Rotary.Pairing.HALF ? Rotary.Pairing.INTERLEAVED : Rotary.Pairing.HALF)),
                rope("ignores the magnitude", r -> new Rotary(r.inverseFrequencies(), 1, r.pairing())),
                rope(
                        "rotates backward",
                        r -> new Rotary(
                                r.inverseFrequencies().stream().map(f -> -f).toList(), r.magnitude(), r.pairing())),
                Fault.of(
                        "rotates the whole head",
                        "N9",
                        "Rope",
                        right -> new OtherOps(right, op -> op instanceof Op.Rope o ? wholeHead(o) : op)));
    }

    private static List<Fault> pointwise() {
        return List.of(
                activation("takes the tanh form of GELU for the exact one", Activation.GELU, Activation.GELU_TANH),
                activation("takes quick GELU for its tanh form", Activation.GELU_TANH, Activation.QUICK_GELU),
                activation("does not square", Activation.RELU_SQUARED, Activation.RELU),
                activation("takes SiLU for sigmoid", Activation.SIGMOID, Activation.SILU),
                op(
                        "activates up in place of gate",
                        "N20",
                        "Gated",
                        op -> op instanceof Op.Gated o ? new Op.Gated(o.up(), o.gate(), o.activation(), o.out()) : op),
                op(
                        "slices from the row's beginning",
                        "N20",
                        "Slice",
                        op -> op instanceof Op.Slice o ? new Op.Slice(o.x(), 0, o.out()) : op),
                op(
                        "ignores an embedding's offset",
                        "N20",
                        "Embed",
                        op -> op instanceof Op.Embed o ? new Op.Embed(o.ids(), o.table(), 0, o.out()) : op),
                op(
                        "adds a value to itself",
                        "N20",
                        "Add",
                        op -> op instanceof Op.Add o ? new Op.Add(o.a(), o.a(), o.out()) : op),
                op(
                        "does not cap",
                        "N20",
                        "SoftCap",
                        op -> op instanceof Op.SoftCap o ? new Op.Scale(o.x(), 1, o.out()) : op),
                op(
                        "does not scale",
                        "N20",
                        "Scale",
                        op -> op instanceof Op.Scale o ? new Op.Scale(o.x(), 1, o.out()) : op));
    }

    private static Fault op(String name, String rule, String kind, UnaryOperator<Op> change) {
        return Fault.of(name, rule, kind, right -> new OtherOps(right, change));
    }

    private static Fault activation(String name, Activation wanted, Activation done) {
        return op(
                name,
                "N16",
                "Activate",
                op -> op instanceof Op.Activate o && o.activation() == wanted
                        ? new Op.Activate(o.x(), done, o.out())
                        : op);
    }

    private static Fault rms(String name, UnaryOperator<Op.RmsNorm> change) {
        return op(name, "N8", "RmsNorm", op -> op instanceof Op.RmsNorm o ? change.apply(o) : op);
    }

    private static Op.RmsNorm rms(Op.RmsNorm o, Optional<WeightRef> weight, float offset, float eps, int group) {
        return new Op.RmsNorm(o.x(), weight, offset, eps, group, o.out());
    }

    private interface LayerChange {
        Op change(Op.LayerNorm op);
    }

    private static Fault layer(String name, LayerChange change) {
        return op(name, "N17", "LayerNorm", op -> op instanceof Op.LayerNorm o ? change.change(o) : op);
    }

    private static Fault rope(String name, UnaryOperator<Rotary> change) {
        return op(
                name,
                "N9",
                "Rope",
                op -> op instanceof Op.Rope o
                        ? new Op.Rope(o.x(), o.positions(), change.apply(o.rotary()), o.headSize(), o.out())
                        : op);
    }

    private static Op wholeHead(Op.Rope o) {
        List<Double> frequencies = new ArrayList<>(o.rotary().inverseFrequencies());
        while (2 * frequencies.size() < o.headSize()) {
            frequencies.add(frequencies.getLast() / 2);
        }
        Rotary rotary =
                new Rotary(frequencies, o.rotary().magnitude(), o.rotary().pairing());
        return new Op.Rope(o.x(), o.positions(), rotary, o.headSize(), o.out());
    }
}
