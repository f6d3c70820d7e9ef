package dev.quire.kernels.portable;

import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/**
 * The pass over a program that finds neighbours to launch together, and values that may be rounded where they are made. The bits stay the same (RULES, N3):
 * only launches and memory traffic go. In FAST that is so for layers that round what they read; others stay alone. It is for processors, where starting a launch takes as long as reading 100 KB of weights,
 * and, in FAST, for GPUs that have kernels of their own, whose sums are then in another order: small layers beside each other keep more of them busy.
 */
final class Fusion {
    private static final int MOST_SIBLINGS = 3;

    private final List<Op> ops;
    private final Map<Value, List<Op>> readers = new HashMap<>();
    private final Set<Value> outputs;
    private final KernelChoice choice;

    /**
     * What the pass found.
     *
     * @param stages the program's ops in their order, each in one stage
     * @param multiplied values inside the program that matrices multiply and nothing else reads
     */
    record Result(List<Stage> stages, Set<Value> multiplied) {
        Result {
            stages = List.copyOf(stages);
            multiplied = Set.copyOf(multiplied);
        }
    }

    private Fusion(Program program, KernelChoice choice) {
        this.choice = choice;
        this.ops = program.ops();
        this.outputs = Set.copyOf(program.outputs());
        for (Op op : ops) {
            op.inputs()
                    .forEach(value -> readers.computeIfAbsent(value, v -> new ArrayList<>())
                            .add(op));
        }
    }

    static Result of(Program program, KernelChoice choice) {
        Fusion fusion = new Fusion(program, choice);
        return switch (choice.workItem()) {
            case LANE, SIMPLE_LANE -> fusion.nothing();
            case WARP, WARP_GROUP -> choice.tensorCores() ? fusion.forTensorCores() : fusion.nothing();
            case VECTOR -> fusion.forProcessors();
        };
    }

    private Result nothing() {
        return new Result(ops.stream().<Stage>map(Stage.Single::new).toList(), Set.of());
    }

    private Result forProcessors() {
        return new Result(
                stages(i -> Stream.of(gatedLinears(i), rotateWrite(i), addNorm(i), siblings(i))), multiplied());
    }

    private Result forTensorCores() {
        return new Result(
                stages(i -> Stream.of(gatedLinears(i), activatedLinear(i), rotateWrite(i), addNorm(i), siblings(i))),
                Set.of());
    }

    /** @param kinds of stages that may begin with an op, the first found is taken */
    private List<Stage> stages(IntFunction<Stream<Optional<Stage>>> kinds) {
        List<Stage> stages = new ArrayList<>();
        for (int i = 0; i < ops.size(); i += stages.getLast().ops().size()) {
            Stage single = new Stage.Single(ops.get(i));
            stages.add(kinds.apply(i).flatMap(Optional::stream).findFirst().orElse(single));
        }
        return stages;
    }

    private Set<Value> multiplied() {
        Set<Value> multiplied = new HashSet<>();
        for (Op op : ops) {
            op.outputs().stream().filter(this::isOnlyMultiplied).forEach(multiplied::add);
        }
        return multiplied;
    }

    private Optional<Stage> gatedLinears(int i) {
        if (i + 2 < ops.size()
                && ops.get(i) instanceof Op.Linear gate
                && ops.get(i + 1) instanceof Op.Linear up
                && ops.get(i + 2) instanceof Op.Gated gated
                && areSiblings(gate, up)
                && gate.bias().isEmpty()
                && up.bias().isEmpty()
                && gated.gate().equals(gate.out())
                && gated.up().equals(up.out())
                && isReadOnce(gate.out())
                && isReadOnce(up.out())) {
            return Optional.of(new Stage.GatedLinears(gate, up, gated));
        }
        return Optional.empty();
    }

    private Optional<Stage> activatedLinear(int i) {
        if (i + 1 < ops.size()
                && ops.get(i) instanceof Op.Linear linear
                && ops.get(i + 1) instanceof Op.Activate activate
                && WarpLinearLaunches.suit(linear, choice)
                && activate.x().equals(linear.out())
                && isReadOnce(linear.out())) {
            return Optional.of(new Stage.ActivatedLinear(linear, activate));
        }
        return Optional.empty();
    }

    private Optional<Stage> rotateWrite(int i) {
        if (i + 2 < ops.size()
                && ops.get(i) instanceof Op.Rope queries
                && ops.get(i + 1) instanceof Op.Rope keys
                && ops.get(i + 2) instanceof Op.WriteKv write
                && queries.rotary().equals(keys.rotary())
                && queries.positions().equals(keys.positions())
                && queries.headSize() == keys.headSize()
                && queries.x().rows() == keys.x().rows()
                && write.k().equals(keys.out())
                && isReadOnce(keys.out())) {
            return Optional.of(new Stage.RotateWrite(queries, keys, write));
        }
        return Optional.empty();
    }

    private Optional<Stage> addNorm(int i) {
        if (i + 1 < ops.size()
                && ops.get(i) instanceof Op.Add add
                && ops.get(i + 1) instanceof Op.RmsNorm norm
                && norm.x().equals(add.out())
                && norm.group() == norm.x().width()) {
            return Optional.of(new Stage.AddNorm(add, norm));
        }
        return Optional.empty();
    }

    private Optional<Stage> siblings(int i) {
        List<Op.Linear> linears = new ArrayList<>();
        for (int j = i; j < ops.size() && linears.size() < MOST_SIBLINGS; j++) {
            if (!(ops.get(j) instanceof Op.Linear linear)
                    || !linears.isEmpty() && !areSiblings(linears.getFirst(), linear)) {
                break;
            }
            linears.add(linear);
        }
        return linears.size() < 2 ? Optional.empty() : Optional.of(new Stage.Siblings(linears));
    }

    private boolean areSiblings(Op.Linear a, Op.Linear b) {
        boolean alike = choice.tensorCores()
                ? WarpLinearLaunches.suit(a, choice)
                        && a.weight().format() == b.weight().format()
                : isRounded(a) && isRounded(b) && a.split() == b.split();
        return alike && a.x().equals(b.x());
    }

    private boolean isRounded(Op.Linear linear) {
        return choice.rounds(linear);
    }

    private boolean isReadOnce(Value value) {
        return readers.getOrDefault(value, List.of()).size() == 1 && !outputs.contains(value);
    }

    private boolean isOnlyMultiplied(Value value) {
        return !outputs.contains(value)
                && readers.getOrDefault(value, List.of()).stream()
                        .allMatch(op -> op instanceof Op.Linear linear && isRounded(linear));
    }
}
