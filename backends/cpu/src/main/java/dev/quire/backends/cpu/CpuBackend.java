package dev.quire.backends.cpu;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendException;
import dev.quire.api.BackendInfo;
import dev.quire.api.BackendOptions;
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
import dev.quire.api.program.ExpertOp;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.Support;
import dev.quire.api.types.WeightFormat;
import dev.quire.backends.cpu.attention.PagedKvPool;
import dev.quire.backends.cpu.compiled.CompiledKernels;
import dev.quire.backends.cpu.linear.LinearPacker;
import dev.quire.backends.cpu.linear.SumOrder;
import dev.quire.backends.cpu.onednn.OneDnn;
import dev.quire.backends.cpu.onednn.OneDnnLibrary;
import dev.quire.backends.cpu.threads.WorkerPool;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Kernels on a pool of threads, driven by one thread of its own, so that {@code submit} returns at once. */
final class CpuBackend implements AttentionBackend {
    private final DeviceInfo device;
    private final Arena buffers = Arena.ofShared();
    private final WorkerPool pool;
    private final OneDnnLibrary library;
    private final Optional<CompiledKernels> kernels;
    private final LinearPacker packer;
    private final StepQueue queue = new StepQueue();
    private final Set<Kernel> warm;

    /** What decides which code multiplies: a canonical order has one kernel for all formats. */
    record Kernel(WeightFormat format, SumOrder order) {
        static Kernel of(Op.Linear layer, Numerics numerics) {
            return switch (numerics) {
                case FAST -> new Kernel(layer.weight().format(), SumOrder.FREE);
                case REPRODUCIBLE -> new Kernel(WeightFormat.BF16, SumOrder.CANONICAL);
            };
        }
    }

    /** @param warm kernels that this JVM has compiled, which every backend adds to */
    CpuBackend(DeviceInfo device, BackendOptions options, Set<Kernel> warm) {
        if (!options.settings().isEmpty()) {
            throw new BackendException(
                    BackendException.Kind.UNSUPPORTED,
                    "the cpu backend has no settings; got " + options.settings().keySet());
        }
        this.device = device;
        this.warm = warm;
        this.pool =
                new WorkerPool(options.threads() == 0 ? Runtime.getRuntime().availableProcessors() : options.threads());
        this.library = OneDnn.load(options.cacheDirectory());
        if (library instanceof OneDnnLibrary.Missing(String reason)) {
            options.notices().accept("oneDNN does not serve here, linear layers run in plain Java: " + reason);
        }
        this.kernels = CompiledKernels.load(options.cacheDirectory(), options.notices());
        this.packer = new LinearPacker(pool, library, kernels);
    }

    @Override
    public BackendInfo info() {
        return new BackendInfo(
                "cpu",
                device,
                PagedKvPool.TYPES,
                Set.of(Numerics.FAST, Numerics.REPRODUCIBLE),
                true,
                "%d threads; %s; %s"
                        .formatted(
                                pool.threads(),
                                library instanceof OneDnnLibrary.Loaded ? "oneDNN" : "plain Java linear layers",
                                kernels.map(c ->
                                                "in fast, attention over BF16 and F8_E4M3 and layers of BF16, Q4_0, Q4_1, Q4_K, Q8_0, INT8 and INT4 in C"
                                                        + (c.tiles() ? ", on tiles (AMX)" : ""))
                                        .orElse("attention and quantized layers in plain Java")));
    }

    @Override
    public Support supports(Op op, Numerics numerics) {
        return switch (op) {
            case Op.Composite(String name, var inputs, var outputs, var definition) ->
                Support.no("composite '%s' is run by its definition of %d ops".formatted(name, definition.size()));
            case Op.Linear linear
            when numerics == Numerics.REPRODUCIBLE && linear.weight().format() == WeightFormat.F32 ->
                Support.no(
                        "float32 products are not exact, so their sum depends on its order and on fusing; load the weights as bfloat16, or choose FAST numerics");
            case ExpertOp.ExpertLinear linear
            when numerics == Numerics.REPRODUCIBLE
                    && linear.weights().getFirst().format() == WeightFormat.F32 ->
                Support.no(
                        "float32 products are not exact, so their sum depends on its order and on fusing; load the experts as bfloat16, or choose FAST numerics");
            default -> Support.YES;
        };
    }

    @Override
    public Weights load(List<WeightRef> refs, WeightSource source) {
        return new CpuWeights(refs, source, packer);
    }

    @Override
    public Executable compile(Program program, Weights weights, StepLimits limits, Numerics numerics) {
        for (Op op : program.ops()) {
            if (supports(op, numerics) instanceof Support.No(String reason)) {
                throw new BackendException(BackendException.Kind.UNSUPPORTED, "%s: %s".formatted(op.kind(), reason));
            }
        }
        program.ops().stream()
                .filter(Op.Linear.class::isInstance)
                .map(op -> Kernel.of((Op.Linear) op, numerics))
                .filter(warm::add)
                .forEach(kernel -> packer.warmUp(kernel.format(), kernel.order()));
        CpuWeights loaded = (CpuWeights) weights;
        CpuExecutable executable = new CpuExecutable(program, loaded, limits, numerics, pool, queue, kernels);
        loaded.release();
        return executable;
    }

    @Override
    public KvCache allocate(KvCacheLayout layout) {
        return new CpuCache(layout);
    }

    @Override
    public Buffer buffer(DType dtype, int rows, int width) {
        return new Buffer(buffers.allocate((long) rows * width * dtype.bytes(), 64), dtype, rows, width);
    }

    @Override
    public void copyBlocks(KvCache cache, BlockPairs pairs) {
        List<PagedKvPool> layers = ((CpuCache) cache).layers(pairs.group());
        queue.issue(
                () -> pool.parallel(layers.size(), (layer, worker) -> {
                    for (int i = 0; i < pairs.size(); i++) {
                        layers.get(layer).copyBlock(pairs.sources()[i], pairs.destinations()[i]);
                    }
                }),
                Map.of());
    }

    @Override
    public void swapOut(KvCache cache, BlockPairs pairs, HostBlocks host) {
        List<PagedKvPool> layers = ((CpuCache) cache).layers(pairs.group());
        queue.issue(
                () -> pool.parallel(layers.size(), (layer, worker) -> {
                    PagedKvPool blocks = layers.get(layer);
                    for (int i = 0; i < pairs.size(); i++) {
                        long at = pairs.destinations()[i] * host.blockBytes() + layer * blocks.blockBytes();
                        blocks.save(pairs.sources()[i], host.memory(), at);
                    }
                }),
                Map.of());
    }

    @Override
    public void swapIn(KvCache cache, BlockPairs pairs, HostBlocks host) {
        List<PagedKvPool> layers = ((CpuCache) cache).layers(pairs.group());
        queue.issue(
                () -> pool.parallel(layers.size(), (layer, worker) -> {
                    PagedKvPool blocks = layers.get(layer);
                    for (int i = 0; i < pairs.size(); i++) {
                        long at = pairs.sources()[i] * host.blockBytes() + layer * blocks.blockBytes();
                        blocks.restore(pairs.destinations()[i], host.memory(), at);
                    }
                }),
                Map.of());
    }

    @Override
    public void close() {
        queue.close();
        pool.close();
        if (library instanceof OneDnnLibrary.Loaded(OneDnn oneDnn)) {
            oneDnn.close();
        }
        buffers.close();
    }
}
