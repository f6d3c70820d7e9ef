package dev.quire.kernels.host;

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
import dev.quire.kernels.portable.CacheLaunches;
import dev.quire.kernels.portable.CacheShape;
import dev.quire.kernels.portable.Launches;
import dev.quire.kernels.portable.PortablePlan;
import dev.quire.kernels.portable.Region;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Set;

/** The portable kernels on the calling thread. Every call has taken effect when it returns. */
final class HostBackend implements AttentionBackend {
    private final Arena arena = Arena.ofShared();
    private final DeviceInfo device;
    private final HostLibrary library;

    HostBackend(DeviceInfo device, HostLibrary library) {
        this.device = device;
        this.library = library;
    }

    @Override
    public BackendInfo info() {
        return new BackendInfo(
                HostProvider.NAME,
                device,
                Set.of(DType.BF16),
                Set.of(Numerics.REPRODUCIBLE),
                true,
                "portable kernels as C++");
    }

    @Override
    public Support supports(Op op, Numerics numerics) {
        return PortablePlan.supports(op, numerics);
    }

    @Override
    public Weights load(List<WeightRef> refs, WeightSource source) {
        return new HostWeights(refs, source, library);
    }

    @Override
    public Executable compile(Program program, Weights weights, StepLimits limits, Numerics numerics) {
        return new HostExecutable(new PortablePlan(program, limits), (HostWeights) weights, library);
    }

    @Override
    public KvCache allocate(KvCacheLayout layout) {
        return new HostCache(layout);
    }

    @Override
    public Buffer buffer(DType dtype, int rows, int width) {
        long bytes = (long) rows * width * dtype.bytes();
        return new Buffer(HostMemory.poisoned(arena, bytes).asSlice(0, bytes), dtype, rows, width);
    }

    @Override
    public void copyBlocks(KvCache cache, BlockPairs pairs) {
        HostCache blocks = (HostCache) cache;
        run(CacheLaunches.copy(blocks.shape(pairs.group()), pairs), blocks, MemorySegment.NULL);
    }

    @Override
    public void swapOut(KvCache cache, BlockPairs pairs, HostBlocks host) {
        HostCache blocks = (HostCache) cache;
        CacheShape shape = blocks.shape(pairs.group());
        try (Arena temporary = Arena.ofConfined()) {
            MemorySegment staging = HostMemory.poisoned(temporary, pairs.size() * shape.blockBytes());
            run(CacheLaunches.gather(shape, pairs.group(), pairs.sources()), blocks, staging);
            for (int i = 0; i < pairs.size(); i++) {
                long at = pairs.destinations()[i] * host.blockBytes();
                MemorySegment.copy(staging, i * shape.blockBytes(), host.memory(), at, shape.blockBytes());
            }
        }
    }

    @Override
    public void swapIn(KvCache cache, BlockPairs pairs, HostBlocks host) {
        HostCache blocks = (HostCache) cache;
        CacheShape shape = blocks.shape(pairs.group());
        try (Arena temporary = Arena.ofConfined()) {
            MemorySegment staging = HostMemory.poisoned(temporary, pairs.size() * shape.blockBytes());
            for (int i = 0; i < pairs.size(); i++) {
                long at = pairs.sources()[i] * host.blockBytes();
                MemorySegment.copy(host.memory(), at, staging, i * shape.blockBytes(), shape.blockBytes());
            }
            run(CacheLaunches.scatter(shape, pairs.group(), pairs.destinations()), blocks, staging);
        }
    }

    private void run(Launches launches, HostCache cache, MemorySegment staging) {
        HostMemory.run(
                launches, library, region -> region instanceof Region.Cache(int group) ? cache.group(group) : staging);
    }

    @Override
    public void close() {
        arena.close();
    }
}
