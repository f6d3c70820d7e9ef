package dev.quire.backends.opencl;

import dev.quire.api.BackendException;
import dev.quire.api.DeviceInfo;
import dev.quire.kernels.KernelCache;
import dev.quire.kernels.KernelSource;
import dev.quire.kernels.device.Command;
import dev.quire.kernels.device.Device;
import dev.quire.kernels.device.DeviceMemory;
import dev.quire.kernels.device.MemoryUse;
import dev.quire.kernels.device.Recording;
import dev.quire.kernels.device.Tiling;
import dev.quire.kernels.portable.WorkItem;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jocl.CL;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;

/** An OpenCL device with a context and one queue, which works in order. */
final class OpenClDevice implements Device {
    private static final double MIB = 1 << 20;

    private final Target target;
    private final Settings settings;
    private final KernelCache cache;
    private final cl_context context;
    private final cl_command_queue queue;
    private final Programs programs;
    private final EventWatch watch = new EventWatch();
    private final Optional<SharedCalls> shared;

    /**
     * @param settings how it is used, which it must offer
     * @param sources of kernels by name
     */
    OpenClDevice(Target target, Settings settings, KernelCache cache, Function<String, KernelSource> sources) {
        this.target = target;
        this.settings = settings;
        this.cache = cache;
        int[] status = new int[1];
        cl_context_properties properties = new cl_context_properties();
        properties.addProperty(CL.CL_CONTEXT_PLATFORM, target.platform());
        cl_device_id[] devices = {target.id()};
        this.context = CL.clCreateContext(properties, 1, devices, null, null, status);
        Status.check(status[0], "clCreateContext");
        this.queue = queue(context, target.id());
        this.shared = settings.memory() == MemoryModel.BUFFERS
                ? Optional.empty()
                : Optional.of(new SharedCalls(context, queue));
        this.programs = new Programs(context, target, cache, sources);
    }

    @SuppressWarnings("deprecation") // the newer call does not exist in OpenCL 1.2
    private static cl_command_queue queue(cl_context context, cl_device_id device) {
        int[] status = new int[1];
        cl_command_queue queue = CL.clCreateCommandQueue(context, device, 0, status);
        Status.check(status[0], "clCreateCommandQueue");
        return queue;
    }

    @Override
    public DeviceInfo info() {
        return target.info();
    }

    @Override
    public String description() {
        return "OpenCL, driver %s, %s, quotients %s%s"
                .formatted(
                        target.info().driver(),
                        settings.memory().text(),
                        target.arithmetic().exactDivision() ? "by hardware" : "by integers",
                        settings.kernels().text(target.groups().subGroups()));
    }

    @Override
    public WorkItem workItem() {
        return settings.kernels() == KernelSet.VECTORS ? WorkItem.VECTOR : WorkItem.LANE;
    }

    @Override
    public Optional<Tiling> tiling() {
        Groups groups = target.groups();
        return settings.kernels() == KernelSet.TILES
                ? Optional.of(new Tiling(
                        groups.mostItems(), groups.localBytes(), groups.subGroups() != SubGroups.NONE, cache))
                : Optional.empty();
    }

    @Override
    public void build(String kernel) {
        programs.build(kernel);
    }

    @Override
    public DeviceMemory allocate(long bytes, MemoryUse use) {
        Optional<ClMemory> memory = switch (settings.memory()) {
            case FINE -> SharedMemory.allocate(shared.orElseThrow(), bytes, use == MemoryUse.EXCHANGE);
            case COARSE -> SharedMemory.allocate(shared.orElseThrow(), bytes, false);
            case BUFFERS -> BufferMemory.allocate(context, queue, bytes);
        };
        return memory.orElseThrow(() -> new BackendException(
                BackendException.Kind.OUT_OF_MEMORY,
                String.format(
                        Locale.ROOT,
                        "%s has no %.1f MiB in one piece for %s: it has %.1f MiB in all, at most %.1f MiB in a piece; %s",
                        target.info().name(),
                        bytes / MIB,
                        use.text(),
                        target.info().memoryBytes() / MIB,
                        target.largestAllocation() / MIB,
                        use.advice())));
    }

    @Override
    public Recording record(List<Command> commands) {
        return new ReplayedCommands(queue, programs, watch, commands);
    }

    @Override
    public void close() {
        watch.close();
        programs.close();
        shared.ifPresent(SharedCalls::close);
        CL.clReleaseCommandQueue(queue);
        CL.clReleaseContext(context);
    }
}
