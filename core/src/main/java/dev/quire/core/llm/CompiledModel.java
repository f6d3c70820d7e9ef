package dev.quire.core.llm;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendInfo;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.WeightSource;
import dev.quire.api.Weights;
import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.Program;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.Numerics;
import dev.quire.core.engine.EngineOptions;
import dev.quire.core.model.ModelRunner;
import java.util.List;

/**
 * A model on a device, ready to run.
 *
 * @param runner owns the executables and the cache
 * @param cache how many blocks there are
 * @param weightBytes bytes of weights on the device
 */
record CompiledModel(ModelRunner runner, CacheSize cache, long weightBytes) {
    /** Bytes that the cpu backend's cache takes at most, unless told otherwise. */
    private static final long CPU_CACHE_BYTES = 4L << 30;

    /** The share of the host's free memory that it takes at most. */
    private static final double CPU_CACHE_SHARE = 0.4;

    /** @param resources takes over the weights */
    static CompiledModel compile(
            PlacedModel placed,
            ModelDefinition definition,
            WeightSource source,
            LlmOptions options,
            Resources resources) {
        AttentionBackend backend = placed.backend();
        Program program = placed.forward().program();
        int vocabulary = definition.architecture().info().vocabSize();
        EngineOptions engine = options.engine();
        Numerics numerics = engine.numerics();
        StepLimits limits = definition.limits(engine);
        List<WeightRef> refs = program.weights();
        Weights weights = backend.load(refs, new LoadProgress(source, refs, options.listener()));
        resources.add(weights, weights::close);
        Weights none = backend.load(List.of(), source);
        resources.add(none, none::close);
        try (Resources executables = new Resources()) {
            Executable forward = backend.compile(program, weights, limits, numerics);
            executables.add(forward, forward::close);
            Executable sampling = backend.compile(placed.sampling().program(), none, limits, numerics);
            executables.add(sampling, sampling::close);
            long taken = weights.bytes() + forward.workspaceBytes() + sampling.workspaceBytes();
            KvCacheLayout empty = definition.architecture().cache();
            CacheSize size = CacheSize.decide(
                    empty, engine, definition.maxModelLen(), free(placed.cacheKeeper(), options.device(), taken));
            List<CacheGroup> groups = empty.groups().stream()
                    .map(group -> group.withBlocks(size.blocks()))
                    .toList();
            ModelRunner runner = new ModelRunner(
                    backend,
                    forward,
                    sampling,
                    new KvCacheLayout(groups),
                    vocabulary,
                    engine.maxLogitRows(),
                    limits.maxLogitRows());
            executables.handOver(); // the runner closes them
            return new CompiledModel(runner, size, weights.bytes());
        }
    }

    private static long free(BackendInfo info, DeviceOptions options, long taken) {
        if (info.name().equals(Backends.CPU)) {
            return Math.min(CPU_CACHE_BYTES, (long) (CPU_CACHE_SHARE * HostMemory.available()));
        }
        long share = (long) (info.device().memoryBytes() * options.memoryUtilization());
        return Math.max(0, share - taken);
    }
}
