package dev.quire.api.placement;

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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Two backends as one: what the primary refuses, the fallback runs, segment by segment. A step waits wherever it changes sides, so a
 * program that one backend runs whole is better given to that backend itself.
 *
 * <p>Buffers are the primary's: they are host-visible, and the fallback must be a backend that works in such memory, as the CPU does.
 */
public final class HybridBackend implements AttentionBackend {
    private final Sides<AttentionBackend> backends;
    private final List<ProgramPlacement> placements;
    private final IssueOrder order = new IssueOrder();

    /**
     * @param placements of every program that will be compiled, over these two backends
     */
    public HybridBackend(AttentionBackend primary, AttentionBackend fallback, List<ProgramPlacement> placements) {
        this.backends = new Sides<>(primary, fallback);
        this.placements = List.copyOf(placements);
    }

    @Override
    public BackendInfo info() {
        BackendInfo primary = backends.primary().info();
        BackendInfo fallback = backends.fallback().info();
        Set<DType> cacheTypes = new HashSet<>(primary.cacheTypes());
        cacheTypes.retainAll(fallback.cacheTypes());
        Set<Numerics> numerics = new HashSet<>(primary.numerics());
        numerics.retainAll(fallback.numerics());
        return new BackendInfo(
                primary.name(),
                primary.device(),
                cacheTypes,
                numerics,
                primary.batchInvariant() && fallback.batchInvariant(),
                "%s; some ops on %s: %s".formatted(primary.description(), fallback.name(), fallback.description()));
    }

    /** The backend that keeps the KV cache; the primary if the groups are spread. */
    public BackendInfo cacheKeeper() {
        boolean elsewhere = placements.stream()
                .flatMap(placement -> placement.of(Runner.FALLBACK).stream())
                .anyMatch(placed -> placed.op().cache().isPresent());
        return (elsewhere ? backends.fallback() : backends.primary()).info();
    }

    @Override
    public Support supports(Op op, Numerics numerics) {
        Support primary = backends.primary().supports(op, numerics);
        return primary.granted() ? primary : backends.fallback().supports(op, numerics);
    }

    @Override
    public Weights load(List<WeightRef> refs, WeightSource source) {
        return new HybridWeights(refs, backends.map((runner, backend) -> backend.load(needed(runner, refs), source)));
    }

    private List<WeightRef> needed(Runner runner, List<WeightRef> refs) {
        Set<WeightRef> needed = new HashSet<>();
        placements.forEach(placement -> needed.addAll(placement.weights(runner)));
        return refs.stream().filter(needed::contains).toList();
    }

    @Override
    public Executable compile(Program program, Weights weights, StepLimits limits, Numerics numerics) {
        ProgramPlacement placement = placements.stream()
                .filter(planned -> planned.program().equals(program))
                .findFirst()
                .orElseGet(() ->
                        ProgramPlacement.of(program, backends.primary(), Optional.of(backends.fallback()), numerics));
        placement.requireRunners();
        return HybridExecutable.compile(placement, (HybridWeights) weights, backends, limits, numerics, order);
    }

    @Override
    public KvCache allocate(KvCacheLayout layout) {
        Map<Integer, Runner> keepers = new HashMap<>();
        for (ProgramPlacement placement : placements) {
            for (PlacedOp placed : placement.ops()) {
                placed.op().cache().ifPresent(cache -> keepers.put(cache.group(), placed.runner()));
            }
        }
        return HybridCache.allocate(layout, keepers, backends);
    }

    @Override
    public Buffer buffer(DType dtype, int rows, int width) {
        return backends.primary().buffer(dtype, rows, width);
    }

    @Override
    public void copyBlocks(KvCache cache, BlockPairs pairs) {
        HybridCache hybrid = (HybridCache) cache;
        backends.of(hybrid.keeper(pairs.group())).copyBlocks(hybrid.of(pairs.group()), pairs);
    }

    @Override
    public void swapOut(KvCache cache, BlockPairs pairs, HostBlocks host) {
        HybridCache hybrid = (HybridCache) cache;
        backends.of(hybrid.keeper(pairs.group())).swapOut(hybrid.of(pairs.group()), pairs, host);
    }

    @Override
    public void swapIn(KvCache cache, BlockPairs pairs, HostBlocks host) {
        HybridCache hybrid = (HybridCache) cache;
        backends.of(hybrid.keeper(pairs.group())).swapIn(hybrid.of(pairs.group()), pairs, host);
    }

    @Override
    public void close() {
        backends.primary().close();
        backends.fallback().close();
    }
}
