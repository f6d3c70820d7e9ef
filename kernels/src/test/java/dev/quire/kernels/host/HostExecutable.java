package dev.quire.kernels.host;

import dev.quire.api.BackendException;
import dev.quire.api.Executable;
import dev.quire.api.memory.KvCache;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.Ticket;
import dev.quire.kernels.portable.Launches;
import dev.quire.kernels.portable.PortablePlan;
import dev.quire.kernels.portable.Region;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;

/** A plan with its memory. Steps run at once, on the calling thread. */
final class HostExecutable implements Executable {
    private final Arena arena = Arena.ofShared();
    private final PortablePlan plan;
    private final HostWeights weights;
    private final HostLibrary library;
    private final MemorySegment workspace;
    private final MemorySegment tables;

    HostExecutable(PortablePlan plan, HostWeights weights, HostLibrary library) {
        this.plan = plan;
        this.weights = weights;
        this.library = library;
        this.workspace = HostMemory.poisoned(arena, plan.workspaceBytes());
        float[] content = plan.tables();
        this.tables = HostMemory.poisoned(arena, (long) content.length * Float.BYTES);
        MemorySegment.copy(content, 0, tables, ValueLayout.JAVA_FLOAT, 0, content.length);
        plan.images().forEach(weights::make);
    }

    @Override
    public Ticket submit(StepBatch batch, Bindings io) {
        long start = System.nanoTime();
        Optional<BackendException> failure = Optional.empty();
        try {
            Launches launches = plan.step(batch, io);
            checkWords(launches, batch, io);
            HostMemory.run(launches, library, region -> memory(region, batch, io));
        } catch (BackendException e) {
            if (e.kind() != BackendException.Kind.STEP_FAILED) {
                throw e;
            }
            failure = Optional.of(e);
        }
        return new HostTicket(io, System.nanoTime() - start, failure);
    }

    /** A step within the limits has no more words than its plan says, which is what other backends allocate. */
    private void checkWords(Launches launches, StepBatch batch, Bindings io) {
        long bound = plan.wordBytes(io.cache().map(KvCache::layout).orElse(new KvCacheLayout(List.of())));
        long bytes = (long) launches.words().length * Integer.BYTES;
        if (batch.sampling().isEmpty() && bytes > bound) {
            throw new IllegalStateException("a step has %d bytes of words; the plan says %d".formatted(bytes, bound));
        }
    }

    private MemorySegment memory(Region region, StepBatch batch, Bindings io) {
        return switch (region) {
            case Region.Workspace w -> workspace;
            case Region.Tables t -> tables;
            case Region.Weight(var image) -> weights.image(image);
            case Region.Cache(int group) -> ((HostCache) io.cache().orElseThrow()).group(group);
            case Region.Bound(String value) -> io.buffer(value).memory();
            case Region.Sampled s ->
                ((HostTicket) batch.tokens().sampled().orElseThrow())
                        .io()
                        .buffer("sampled")
                        .memory();
            case Region.Words w -> throw new IllegalStateException("words belong to their launches");
            case Region.Staging s -> throw new IllegalStateException("a step stages no blocks");
        };
    }

    @Override
    public long workspaceBytes() {
        return workspace.byteSize() + tables.byteSize();
    }

    @Override
    public void close() {
        arena.close();
    }
}
