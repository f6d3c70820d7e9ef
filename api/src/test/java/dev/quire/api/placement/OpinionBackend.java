package dev.quire.api.placement;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendInfo;
import dev.quire.api.DeviceInfo;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.WeightSource;
import dev.quire.api.Weights;
import dev.quire.api.memory.BlockPairs;
import dev.quire.api.memory.Buffer;
import dev.quire.api.memory.HostBlocks;
import dev.quire.api.memory.KvCache;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.Support;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Says what it would run, which is all that a placement may ask; anything else is a failure. */
record OpinionBackend(String name, Predicate<Op> refuses) implements AttentionBackend {
    @Override
    public BackendInfo info() {
        return new BackendInfo(
                name, new DeviceInfo(0, name, 0), Set.of(DType.F32), Set.of(Numerics.FAST), true, "opinions only");
    }

    @Override
    public Support supports(Op op, Numerics numerics) {
        return refuses.test(op) ? Support.no("the test refuses " + op.kind()) : Support.YES;
    }

    @Override
    public Weights load(List<WeightRef> refs, WeightSource source) {
        throw asked("load");
    }

    @Override
    public Executable compile(Program program, Weights weights, StepLimits limits, Numerics numerics) {
        throw asked("compile");
    }

    @Override
    public KvCache allocate(KvCacheLayout layout) {
        throw asked("allocate");
    }

    @Override
    public Buffer buffer(DType dtype, int rows, int width) {
        throw asked("buffer");
    }

    @Override
    public void copyBlocks(KvCache cache, BlockPairs pairs) {
        throw asked("copyBlocks");
    }

    @Override
    public void swapOut(KvCache cache, BlockPairs pairs, HostBlocks host) {
        throw asked("swapOut");
    }

    @Override
    public void swapIn(KvCache cache, BlockPairs pairs, HostBlocks host) {
        throw asked("swapIn");
    }

    @Override
    public void close() {}

    private AssertionError asked(String method) {
        return new AssertionError("a placement called %s of '%s'".formatted(method, name));
    }
}
