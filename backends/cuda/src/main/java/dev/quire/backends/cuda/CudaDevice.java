package dev.quire.backends.cuda;

import dev.quire.api.DeviceInfo;
import dev.quire.kernels.KernelSource;
import dev.quire.kernels.device.Command;
import dev.quire.kernels.device.Device;
import dev.quire.kernels.device.DeviceMemory;
import dev.quire.kernels.device.MemoryUse;
import dev.quire.kernels.device.Recording;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** An NVIDIA GPU with its primary context, one stream and its kernels. */
final class CudaDevice implements Device {
    private final Target target;
    private final Binaries binaries;
    private final CudaContext context;
    private final Modules modules;
    private final StreamWriter writer;
    private final GraphPool graphs;

    /**
     * @param sources of kernels by name
     * @param notices hears why the best binary of a kernel was passed over
     */
    CudaDevice(Target target, Binaries binaries, Function<String, KernelSource> sources, Consumer<String> notices) {
        this.target = target;
        this.binaries = binaries;
        this.context = new CudaContext(target);
        this.modules = new Modules(context, binaries, sources, notices);
        this.writer = new StreamWriter(context, modules);
        this.graphs = new GraphPool(context, writer);
    }

    @Override
    public DeviceInfo info() {
        return target.info();
    }

    @Override
    public String description() {
        return "CUDA %s, compute capability %s, %s"
                .formatted(target.driver().version(), target.capability(), binaries.text());
    }

    @Override
    public void build(String kernel) {
        modules.function(kernel);
    }

    @Override
    public DeviceMemory allocate(long bytes, MemoryUse use) {
        return CudaMemory.allocate(context, bytes, use);
    }

    @Override
    public Recording record(List<Command> commands) {
        return new Replay(context, writer, graphs, commands);
    }

    @Override
    public void close() {
        graphs.close();
        writer.close();
        modules.close();
        context.close();
    }
}
