package dev.quire.conformance.bits;

import dev.quire.api.BackendException;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepResult;
import dev.quire.api.step.Ticket;
import dev.quire.conformance.interpreter.FinishedStep;
import dev.quire.conformance.interpreter.StepEdges;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Interprets a program op by op. What does not change from step to step is prepared once. */
final class BitsExecutable implements Executable {
    private final Program program;
    private final BitsWeights weights;
    private final StepLimits limits;
    private final Canon canon;
    private final Map<Op, BitsLinear> linears = new HashMap<>();
    private final Map<Op, BitsRope> ropes = new HashMap<>();

    BitsExecutable(Program program, BitsWeights weights, StepLimits limits, Canon canon) {
        this.program = program;
        this.weights = weights;
        this.limits = limits;
        this.canon = canon;
        Map<Object, BitsRope.Tables> tables = new HashMap<>();
        for (Op op : program.ops()) {
            switch (op) {
                case Op.Linear linear -> linears.put(op, new BitsLinear(linear, weights, canon));
                case Op.Rope rope ->
                    ropes.put(
                            op,
                            new BitsRope(
                                    rope,
                                    tables.computeIfAbsent(
                                            rope.rotary(),
                                            same -> BitsRope.Tables.of(rope.rotary(), limits.maxContext())),
                                    canon));
                default -> {}
            }
        }
    }

    @Override
    public Ticket submit(StepBatch batch, Bindings io) {
        StepEdges edges = new StepEdges(batch, io);
        limits.check(batch);
        long start = System.nanoTime();
        Optional<BackendException> failure = Optional.empty();
        try {
            new BitsStep(edges, weights, canon, linears, ropes).run(program);
        } catch (BackendException e) {
            failure = Optional.of(e);
        } catch (RuntimeException e) {
            failure = Optional.of(
                    new BackendException(BackendException.Kind.STEP_FAILED, "the step failed: " + e.getMessage(), e));
        }
        return new FinishedStep(new StepResult(System.nanoTime() - start), io, failure);
    }

    @Override
    public long workspaceBytes() {
        return 0;
    }

    @Override
    public void close() {}
}
