package dev.quire.server.bench.ops;

import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.core.model.ModelRunner;
import dev.quire.server.bench.Contender;
import dev.quire.server.bench.measure.Effort;
import dev.quire.server.bench.measure.Runs;
import dev.quire.server.bench.measure.Turns;
import dev.quire.server.bench.model.BenchModel;
import dev.quire.server.bench.step.OpCosts;
import dev.quire.server.bench.step.StepShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Times a model's ops, kind by kind, and then its whole step, on several backends that take turns. */
public final class OpBench {
    private final List<Contender> contenders;
    private final BenchModel model;
    private final Effort effort;
    private final Consumer<String> progress;
    private final Program forward;
    private final Program sampling;

    /**
     * @param contenders stay the caller's
     * @param model stays the caller's
     * @param progress hears what is measured next
     */
    public OpBench(List<Contender> contenders, BenchModel model, Effort effort, Consumer<String> progress) {
        this.contenders = contenders;
        this.model = model;
        this.effort = effort;
        this.progress = progress;
        this.forward = model.forward().expand(op -> contenders.stream().anyMatch(each -> !runs(each, op)));
        this.sampling = ModelRunner.samplingProgram(model.info().vocabSize());
    }

    private static boolean runs(Contender contender, Op op) {
        return contender.backend().supports(op, contender.numerics()).granted();
    }

    /** Every kind of op in one step. */
    public OpFigures measure(StepShape step) {
        List<OpSide> sides = new ArrayList<>();
        try {
            contenders.forEach(contender -> sides.add(new OpSide(contender, model, step)));
            OpCosts costs = new OpCosts(step, model.cache());
            List<OpGroup> groups = new ArrayList<>(OpGroup.of(forward));
            groups.addAll(OpGroup.of(sampling));
            List<OpFigures.Line> lines = new ArrayList<>();
            for (OpGroup group : groups) {
                progress.accept("%s: %s %s".formatted(step.name(), group.first().kind(), group.role()));
                lines.add(new OpFigures.Line(
                        group, costs.of(group.first()).times(group.ops().size()), runs(sides, group.program())));
            }
            progress.accept(step.name() + ": whole step");
            return new OpFigures(step, lines, runs(sides, forward));
        } finally {
            sides.forEach(OpSide::close);
        }
    }

    /** Runs of one program on each side; empty on those that do not run all of it. */
    private List<Optional<Runs>> runs(List<OpSide> sides, Program program) {
        List<OpSide.Compiled> compiled = new ArrayList<>();
        try {
            for (OpSide side : sides) {
                if (side.runs(program)) {
                    compiled.add(side.compile(program));
                }
            }
            List<Runs> measured = compiled.isEmpty()
                    ? List.of()
                    : Turns.measure(
                            effort,
                            compiled.stream().map(each -> (Runnable) each::run).toList());
            List<Optional<Runs>> all = new ArrayList<>();
            int next = 0;
            for (OpSide side : sides) {
                all.add(side.runs(program) ? Optional.of(measured.get(next++)) : Optional.empty());
            }
            return all;
        } finally {
            compiled.forEach(OpSide.Compiled::close);
        }
    }
}
