package dev.quire.conformance.broken;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.Weights;
import dev.quire.api.program.Program;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.Ticket;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.guards.WrappedBackend;
import java.util.function.UnaryOperator;

/** Runs other steps than it was given, or does something else to them. */
final class OtherSteps extends WrappedBackend {
    /** What becomes of a step. */
    @FunctionalInterface
    interface Submission {
        Ticket submit(Program program, Executable right, StepBatch batch, Bindings io);
    }

    private final Submission submission;

    OtherSteps(AttentionBackend right, Submission submission) {
        super(right);
        this.submission = submission;
    }

    /** Runs steps with another batch, where the program has a cache. */
    static OtherSteps ofCache(AttentionBackend right, UnaryOperator<StepBatch> change) {
        return new OtherSteps(right, (program, executable, batch, io) -> {
            boolean cached = program.ops().stream().anyMatch(op -> op.cache().isPresent());
            return executable.submit(cached ? change.apply(batch) : batch, io);
        });
    }

    /** Does something once a step has run, before anybody can look. */
    static OtherSteps after(AttentionBackend right, Aftermath aftermath) {
        return new OtherSteps(right, (program, executable, batch, io) -> {
            Ticket ticket = executable.submit(batch, io);
            ticket.await();
            aftermath.happen(program, batch, io);
            return ticket;
        });
    }

    /** What happens after a step. */
    @FunctionalInterface
    interface Aftermath {
        void happen(Program program, StepBatch batch, Bindings io);
    }

    @Override
    public Executable compile(Program program, Weights weights, StepLimits limits, Numerics numerics) {
        Executable right = super.compile(program, weights, limits, numerics);
        return new Executable() {
            @Override
            public Ticket submit(StepBatch batch, Bindings io) {
                return submission.submit(program, right, batch, io);
            }

            @Override
            public long workspaceBytes() {
                return right.workspaceBytes();
            }

            @Override
            public void close() {
                right.close();
            }
        };
    }
}
