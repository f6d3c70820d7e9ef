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

/** Takes the weights that an executable was compiled with for the executable's own. */
final class GreedyCloser extends WrappedBackend {
    GreedyCloser(AttentionBackend right) {
        super(right);
    }

    @Override
    public Executable compile(Program program, Weights weights, StepLimits limits, Numerics numerics) {
        return new Closing(() -> super.compile(program, weights, limits, numerics), weights);
    }

    /** Compiles when it is needed, as a backend does that prepares weights lazily. */
    private static final class Closing implements Executable {
        private final java.util.function.Supplier<Executable> compiled;
        private final Weights weights;

        Closing(java.util.function.Supplier<Executable> compiled, Weights weights) {
            this.compiled = compiled;
            this.weights = weights;
        }

        @Override
        public Ticket submit(StepBatch batch, Bindings io) {
            return compiled.get().submit(batch, io);
        }

        @Override
        public long workspaceBytes() {
            return 0;
        }

        @Override
        public void close() {
            weights.close();
        }
    }
}
