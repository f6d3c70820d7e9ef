package dev.quire.core.testing;

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
import java.util.function.Predicate;

/** A backend under another name that runs less than it could, and fails if it is given what it refused. */
public record RefusingBackend(String name, AttentionBackend whole, Predicate<Op> refuses) implements AttentionBackend {
    @Override
    public BackendInfo info() {
        BackendInfo info = whole.info();
        return new BackendInfo(
                name, info.device(), info.cacheTypes(), info.numerics(), info.batchInvariant(), info.description());
    }

    @Override
    public Support supports(Op op, Numerics numerics) {
        return refuses.test(op) ? Support.no("the test refuses " + op.kind()) : whole.supports(op, numerics);
    }

    @Override
    public Weights load(List<WeightRef> refs, WeightSource source) {
        return whole.load(refs, source);
    }

    @Override
    public Executable compile(Program program, Weights weights, StepLimits limits, Numerics numerics) {
        for (Op op : program.ops()) {
            if (!supports(op, numerics).granted()) {
                throw new AssertionError("compiled although refused: " + op);
            }
        }
        return whole.compile(program, weights, limits, numerics);
    }

    @Override
    public KvCache allocate(KvCacheLayout layout) {
        return whole.allocate(layout);
    }

    @Override
    public Buffer buffer(DType dtype, int rows, int width) {
        return whole.buffer(dtype, rows, width);
    }

    @Override
    public void copyBlocks(KvCache cache, BlockPairs pairs) {
        whole.copyBlocks(cache, pairs);
    }

    @Override
    public void swapOut(KvCache cache, BlockPairs pairs, HostBlocks host) {
        whole.swapOut(cache, pairs, host);
    }

    @Override
    public void swapIn(KvCache cache, BlockPairs pairs, HostBlocks host) {
        whole.swapIn(cache, pairs, host);
    }

    @Override
    public void close() {
        whole.close();
    }
}
