package dev.quire.conformance.guards;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendInfo;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.Weights;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.Support;
import java.util.function.Predicate;

/** A backend under another name that runs less than it could, and fails if it is given what it refused. */
public final class RefusingBackend extends WrappedBackend {
    private final String name;
    private final Predicate<Op> refuses;

    /**
     * @param name what it is called
     * @param whole what it narrows, closed with this one
     */
    public RefusingBackend(String name, AttentionBackend whole, Predicate<Op> refuses) {
        super(whole);
        this.name = name;
        this.refuses = refuses;
    }

    @Override
    public BackendInfo info() {
        BackendInfo info = super.info();
        return new BackendInfo(
                name, info.device(), info.cacheTypes(), info.numerics(), info.batchInvariant(), info.description());
    }

    @Override
    public Support supports(Op op, Numerics numerics) {
        return refuses.test(op) ? Support.no("the test refuses " + op.kind()) : super.supports(op, numerics);
    }

    @Override
    public Executable compile(Program program, Weights weights, StepLimits limits, Numerics numerics) {
        for (Op op : program.ops()) {
            if (!supports(op, numerics).granted()) {
                throw new AssertionError("compiled although refused: " + op);
            }
        }
        return super.compile(program, weights, limits, numerics);
    }
}
