package dev.quire.conformance.guards;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendInfo;
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

/** Another backend, unchanged: what is overridden is all that differs. For those who break or narrow a backend to see whether it is noticed. */
public class WrappedBackend implements AttentionBackend {
    private final AttentionBackend right;

    /** @param right closed with this one */
    public WrappedBackend(AttentionBackend right) {
        this.right = right;
    }

    @Override
    public BackendInfo info() {
        return right.info();
    }

    @Override
    public Support supports(Op op, Numerics numerics) {
        return right.supports(op, numerics);
    }

    @Override
    public Weights load(List<WeightRef> refs, WeightSource source) {
        return right.load(refs, source);
    }

    @Override
    public Executable compile(Program program, Weights weights, StepLimits limits, Numerics numerics) {
        return right.compile(program, weights, limits, numerics);
    }

    @Override
    public KvCache allocate(KvCacheLayout layout) {
        return right.allocate(layout);
    }

    @Override
    public Buffer buffer(DType dtype, int rows, int width) {
        return right.buffer(dtype, rows, width);
    }

    @Override
    public void copyBlocks(KvCache cache, BlockPairs pairs) {
        right.copyBlocks(cache, pairs);
    }

    @Override
    public void swapOut(KvCache cache, BlockPairs pairs, HostBlocks host) {
        right.swapOut(cache, pairs, host);
    }

    @Override
    public void swapIn(KvCache cache, BlockPairs pairs, HostBlocks host) {
        right.swapIn(cache, pairs, host);
    }

    @Override
    public void close() {
        right.close();
    }
}
