package dev.quire.kernels.device;

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
import dev.quire.kernels.portable.KernelChoice;
import dev.quire.kernels.portable.PortablePlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The SPI over a {@link Device}, with the portable kernels: both numerics, whole programs on the device. One thread drives it.
 * A device that is lost fails whatever is asked of it later (RULES, T5).
 */
public final class DeviceBackend implements AttentionBackend {
    private final String name;
    private final Device device;
    private final IssueQueue queue;
    private final DeviceBuffers buffers;
    private final Consumer<String> progress;
    private final Optional<TileTuner> tuner;
    private final List<DeviceExecutable> executables = new ArrayList<>();

    /**
     * Builds the kernels that any program may launch.
     *
     * @param name the provider's
     * @param device closed with this backend, and where the backend cannot be made
     * @param progress receives a sentence when kernels are being built
     */
    public DeviceBackend(String name, Device device, Consumer<String> progress) {
        this.name = name;
        this.device = device;
        this.progress = progress;
        this.queue = new IssueQueue(device);
        this.buffers = new DeviceBuffers(queue);
        Owned begun = new Owned();
        begun.add(device::close);
        this.tuner = begun.orFree(() -> {
            KernelWarmup.run(device, device.workItem().kernels(), progress);
            return device.tiling()
                    .filter(tiling -> !tiling.shapes().isEmpty())
                    .map(tiling -> new TileTuner(queue, tiling, progress));
        });
    }

    @Override
    public BackendInfo info() {
        return new BackendInfo(
                name,
                device.info(),
                device.cacheTypes(),
                Set.of(Numerics.FAST, Numerics.REPRODUCIBLE),
                !device.workItem().isWarp() // it cuts contexts by how many sequences there are
                        && !device.tiling()
                                .map(Tiling::subGroups)
                                .orElse(false), // they add up a single row in an order of their own
                device.description());
    }

    @Override
    public Support supports(Op op, Numerics numerics) {
        return PortablePlan.supports(op, numerics);
    }

    @Override
    public Weights load(List<WeightRef> refs, WeightSource source) {
        return new DeviceWeights(refs, source, queue);
    }

    @Override
    public Executable compile(Program program, Weights weights, StepLimits limits, Numerics numerics) {
        PortablePlan plan = new PortablePlan(program, limits, choice(program, numerics));
        KernelWarmup.run(device, plan.ownKernels(), progress);
        DeviceExecutable executable =
                new DeviceExecutable(program, plan, (DeviceWeights) weights, buffers, queue, executables::remove);
        executables.add(executable);
        return executable;
    }

    private KernelChoice choice(Program program, Numerics numerics) {
        return numerics == Numerics.FAST
                ? new KernelChoice(
                        device.workItem(),
                        numerics,
                        tuner.flatMap(found -> found.tiles(PortablePlan.matrices(program))),
                        device.library())
                : KernelChoice.of(device.workItem(), numerics);
    }

    @Override
    public KvCache allocate(KvCacheLayout layout) {
        executables.forEach(executable -> executable.reserve(layout));
        KernelWarmup.run(device, device.workItem().kernels(layout), progress);
        return new DeviceCache(layout, queue);
    }

    @Override
    public Buffer buffer(DType dtype, int rows, int width) {
        return buffers.allocate(dtype, rows, width);
    }

    @Override
    public void copyBlocks(KvCache cache, BlockPairs pairs) {
        ((DeviceCache) cache).moves().copy(pairs);
    }

    @Override
    public void swapOut(KvCache cache, BlockPairs pairs, HostBlocks host) {
        ((DeviceCache) cache).moves().out(pairs, host);
    }

    @Override
    public void swapIn(KvCache cache, BlockPairs pairs, HostBlocks host) {
        ((DeviceCache) cache).moves().in(pairs, host);
    }

    @Override
    public void close() {
        queue.drain();
        buffers.close();
        device.close();
    }
}
