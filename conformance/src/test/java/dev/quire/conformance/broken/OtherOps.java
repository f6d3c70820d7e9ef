package dev.quire.conformance.broken;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.Weights;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.guards.WrappedBackend;
import java.util.List;
import java.util.function.UnaryOperator;

/** Compiles other ops than it was given. */
public final class OtherOps extends WrappedBackend {
    private final UnaryOperator<Op> change;

    /** @param change keeps what an op reads and writes */
    public OtherOps(AttentionBackend right, UnaryOperator<Op> change) {
        super(right);
        this.change = change;
    }

    @Override
    public Executable compile(Program program, Weights weights, StepLimits limits, Numerics numerics) {
        List<Op> ops = program.ops().stream().map(change).toList();
        return super.compile(
                new Program(program.inputs(), program.weights(), ops, program.outputs()), weights, limits, numerics);
    }
}
