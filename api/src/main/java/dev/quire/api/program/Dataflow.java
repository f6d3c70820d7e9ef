package dev.quire.api.program;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What each op reads and writes. */
final class Dataflow {
    private Dataflow() {}

    static List<Value> inputs(Op op) {
        return switch (op) {
            case Op.Embed o -> List.of(o.ids());
            case Op.RmsNorm o -> List.of(o.x());
            case Op.LayerNorm o -> List.of(o.x());
            case Op.Linear o -> List.of(o.x());
            case Op.Rope o -> List.of(o.x(), o.positions());
            case Op.WriteKv o -> List.of(o.k(), o.v());
            case Op.Attend o ->
                o.keys() instanceof KeySource.Step(Value k, Value v) ? List.of(o.q(), k, v) : List.of(o.q());
            case Op.Gated o -> List.of(o.gate(), o.up());
            case Op.Activate o -> List.of(o.x());
            case Op.Add o -> List.of(o.a(), o.b());
            case Op.Scale o -> List.of(o.x());
            case Op.SoftCap o -> List.of(o.x());
            case Op.Slice o -> List.of(o.x());
            case ExpertOp.Route o -> List.of(o.scores());
            case ExpertOp.ExpertLinear o -> List.of(o.x(), o.experts());
            case ExpertOp.WeightedSum o -> List.of(o.x(), o.gates());
            case Op.GatherRows o -> List.of(o.x());
            case Op.Sample o -> List.of(o.logits());
            case Op.Composite o -> o.inputs();
        };
    }

    static List<Value> outputs(Op op) {
        return switch (op) {
            case Op.Embed o -> List.of(o.out());
            case Op.RmsNorm o -> List.of(o.out());
            case Op.LayerNorm o -> List.of(o.out());
            case Op.Linear o -> List.of(o.out());
            case Op.Rope o -> List.of(o.out());
            case Op.WriteKv o -> List.of();
            case Op.Attend o -> List.of(o.out());
            case Op.Gated o -> List.of(o.out());
            case Op.Activate o -> List.of(o.out());
            case Op.Add o -> List.of(o.out());
            case Op.Scale o -> List.of(o.out());
            case Op.SoftCap o -> List.of(o.out());
            case Op.Slice o -> List.of(o.out());
            case ExpertOp.Route o -> List.of(o.experts(), o.gates());
            case ExpertOp.ExpertLinear o -> List.of(o.out());
            case ExpertOp.WeightedSum o -> List.of(o.out());
            case Op.GatherRows o -> List.of(o.out());
            case Op.Sample o -> List.of(o.tokens(), o.ranks(), o.topIds(), o.topLogprobs());
            case Op.Composite o -> o.outputs();
        };
    }

    static List<WeightRef> weights(Op op) {
        return switch (op) {
            case Op.Embed o -> List.of(o.table());
            case Op.RmsNorm o -> o.weight().stream().toList();
            case Op.LayerNorm o ->
                Stream.of(o.weight(), o.bias()).flatMap(Optional::stream).toList();
            case Op.Linear o ->
                Stream.concat(Stream.of(o.weight()), o.bias().stream()).toList();
            case ExpertOp.ExpertLinear o -> o.weights();
            case Op.Composite o ->
                o.definition().stream()
                        .flatMap(inner -> inner.weights().stream())
                        .distinct()
                        .toList();
            case Op.Rope _,
                    Op.WriteKv _,
                    Op.Attend _,
                    Op.Gated _,
                    Op.Activate _,
                    Op.Add _,
                    Op.Scale _,
                    Op.SoftCap _,
                    Op.Slice _,
                    Op.GatherRows _,
                    Op.Sample _,
                    ExpertOp.Route _,
                    ExpertOp.WeightedSum _ -> List.of();
        };
    }

    static Optional<CacheRef> cache(Op op) {
        return switch (op) {
            case Op.WriteKv o -> Optional.of(o.target());
            case Op.Attend o -> o.keys() instanceof KeySource.Cached(CacheRef at) ? Optional.of(at) : Optional.empty();
            case Op.Composite o ->
                o.definition().stream().flatMap(inner -> inner.cache().stream()).findFirst();
            case Op.Embed _,
                    Op.RmsNorm _,
                    Op.LayerNorm _,
                    Op.Linear _,
                    Op.Rope _,
                    Op.Gated _,
                    Op.Activate _,
                    Op.Add _,
                    Op.Scale _,
                    Op.SoftCap _,
                    Op.Slice _,
                    Op.GatherRows _,
                    Op.Sample _,
                    ExpertOp _ -> Optional.empty();
        };
    }
}
