package dev.quire.backends.example;

import dev.quire.api.*;
import dev.quire.api.memory.*;
import dev.quire.api.program.*;
import dev.quire.api.step.*;
import dev.quire.api.types.*;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Set;

/** The least that is worth certifying: {@code WriteKv} and {@code Attend} over a BF16 cache, on the thread that submits. */
public final class ExampleBackend implements AttentionBackend {
    private static final DeviceInfo DEVICE =
            new DeviceInfo(0, "plain Java", Runtime.getRuntime().maxMemory());

    private final Arena arena = Arena.ofShared();

    /** Found by {@code ServiceLoader}: its name stands in {@code META-INF/services/dev.quire.api.BackendProvider}. */
    public static final class Provider implements BackendProvider {
        @Override
        public String name() {
            return "example";
        }

        @Override
        public Availability availability() {
            return new Availability.Available();
        }

        @Override
        public List<DeviceInfo> devices() {
            return List.of(DEVICE);
        }

        @Override
        public AttentionBackend open(DeviceInfo device, BackendOptions options) {
            return new ExampleBackend();
        }
    }

    @Override
    public BackendInfo info() {
        return new BackendInfo("example", DEVICE, Set.of(DType.BF16), Set.of(Numerics.values()), true, "one thread");
    }

    @Override
    public Support supports(Op op, Numerics numerics) {
        boolean attention = op instanceof Op.WriteKv
                || op instanceof Op.Attend && op.cache().isPresent();
        return attention ? Support.YES : Support.no("the example attends to cached keys, and does nothing else");
    }

    @Override
    public Weights load(List<WeightRef> refs, WeightSource source) {
        return new NoWeights(refs, 0);
    }

    @Override
    public Executable compile(Program program, Weights weights, StepLimits limits, Numerics numerics) {
        return new AttentionProgram(program, limits);
    }

    @Override
    public KvCache allocate(KvCacheLayout layout) {
        return new Blocks(layout, layout.groups().stream().map(this::blocks).toList());
    }

    private MemorySegment blocks(CacheGroup group) {
        return arena.allocate(Math.max(1, group.blocks() * group.blockBytes()), 64);
    }

    @Override
    public Buffer buffer(DType dtype, int rows, int width) {
        return new Buffer(arena.allocate((long) rows * width * dtype.bytes(), 64), dtype, rows, width);
    }

    @Override
    public void copyBlocks(KvCache cache, BlockPairs pairs) {
        MemorySegment blocks = ((Blocks) cache).groups().get(pairs.group());
        copy(blocks, blocks, pairs, cache.layout().groups().get(pairs.group()).blockBytes());
    }

    @Override
    public void swapOut(KvCache cache, BlockPairs pairs, HostBlocks host) {
        copy(((Blocks) cache).groups().get(pairs.group()), host.memory(), pairs, host.blockBytes());
    }

    @Override
    public void swapIn(KvCache cache, BlockPairs pairs, HostBlocks host) {
        copy(host.memory(), ((Blocks) cache).groups().get(pairs.group()), pairs, host.blockBytes());
    }

    private static void copy(MemorySegment from, MemorySegment to, BlockPairs pairs, long bytes) {
        for (int i = 0; i < pairs.size(); i++) {
            MemorySegment.copy(from, pairs.sources()[i] * bytes, to, pairs.destinations()[i] * bytes, bytes);
        }
    }

    @Override
    public void close() {
        arena.close();
    }

    /** Each group's blocks, one after another. */
    record Blocks(KvCacheLayout layout, List<MemorySegment> groups) implements KvCache {
        @Override
        public void close() {} // freed with the backend
    }

    private record NoWeights(List<WeightRef> refs, long bytes) implements Weights {
        @Override
        public void close() {}
    }

    private record Done(StepResult await, boolean isDone) implements Ticket {}

    /** A program of {@code WriteKv} and {@code Attend}: whatever else a model does, the caller runs elsewhere. */
    private record AttentionProgram(Program program, StepLimits limits) implements Executable {
        @Override
        public Ticket submit(StepBatch batch, Bindings io) {
            limits.check(batch); // T1
            long start = System.nanoTime();
            for (Op op : program.ops()) {
                ExampleLayer layer = ExampleLayer.of((Blocks) io.cache().orElseThrow(), op, batch);
                switch (op) {
                    case Op.WriteKv write -> layer.write(write, io);
                    case Op.Attend attend -> new ExampleAttention(attend, batch, io, layer).run();
                    default -> throw new IllegalArgumentException(op.kind() + " was refused");
                }
            }
            return new Done(new StepResult(System.nanoTime() - start), true);
        }

        @Override
        public long workspaceBytes() {
            return 0;
        }

        @Override
        public void close() {}
    }
}
