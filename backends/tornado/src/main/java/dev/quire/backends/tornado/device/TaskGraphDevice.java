package dev.quire.backends.tornado.device;

import dev.quire.api.DeviceInfo;
import dev.quire.api.types.DType;
import dev.quire.backends.tornado.graphs.IdleRunner;
import dev.quire.kernels.KernelCache;
import dev.quire.kernels.device.Command;
import dev.quire.kernels.device.Device;
import dev.quire.kernels.device.DeviceMemory;
import dev.quire.kernels.device.MemoryUse;
import dev.quire.kernels.device.Recording;
import dev.quire.kernels.device.Tiling;
import dev.quire.kernels.portable.WorkItem;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** A TornadoVM device. */
final class TaskGraphDevice implements Device {
    private final Target target;
    private final KernelTable kernels;
    private final KernelCache cache;
    private final IdleRunner<GraphRunner>.Loan loan;
    private final Consumer<String> notices;

    /**
     * @param cache keeps the shapes of tiles that the device multiplies fastest with
     * @param loan of what runs kernels, ended when the device is closed
     * @param notices receives a sentence where kernels cannot share a graph, on any thread
     */
    TaskGraphDevice(
            Target target,
            KernelTable kernels,
            KernelCache cache,
            IdleRunner<GraphRunner>.Loan loan,
            Consumer<String> notices) {
        this.target = target;
        this.kernels = kernels;
        this.cache = cache;
        this.loan = loan;
        this.notices = notices;
    }

    @Override
    public DeviceInfo info() {
        return target.info();
    }

    @Override
    public String description() {
        return "TornadoVM's %s".formatted(target.device().getPlatformName());
    }

    @Override
    public WorkItem workItem() {
        return kernels.workItem();
    }

    /** Not worth a kernel in Java: the host makes in seconds what the one array of a device holds, 4 GiB. */
    @Override
    public boolean makesWeights() {
        return false;
    }

    @Override
    public Set<DType> cacheTypes() {
        return kernels.cacheTypes();
    }

    @Override
    public Optional<Tiling> tiling() {
        return kernels.tiles()
                ? Optional.of(new Tiling(target.mostItems(), target.localBytes(), false, cache))
                : Optional.empty();
    }

    @Override
    public void build(String kernel) {
        kernels.find(kernel);
    }

    @Override
    public DeviceMemory allocate(long bytes, MemoryUse use) {
        return loan.runner().allocate(bytes, use);
    }

    @Override
    public Recording record(List<Command> commands) {
        return loan.runner().record(commands, kernels, notices);
    }

    @Override
    public void close() {
        loan.close();
    }
}
