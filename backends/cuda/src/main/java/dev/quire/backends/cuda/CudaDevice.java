package dev.quire.backends.cuda;

import dev.quire.api.DeviceInfo;
import dev.quire.kernels.KernelCache;
import dev.quire.kernels.KernelSource;
import dev.quire.kernels.device.Command;
import dev.quire.kernels.device.Device;
import dev.quire.kernels.device.DeviceMemory;
import dev.quire.kernels.device.MemoryUse;
import dev.quire.kernels.device.Recording;
import java.util.List;
import java.util.function.Function;

/** An NVIDIA GPU with its primary context, one stream and its kernels. */
final class CudaDevice implements Device {
    private final Target target;
    private final Nvrtc nvrtc;
    private final CudaContext context;
    private final Modules modules;
    private final StreamWriter writer;

    /** @param sources of kernels by name */
    CudaDevice(Target target, Nvrtc nvrtc, KernelCache cache, Function<String, KernelSource> sources) {
        this.target = target;
        this.nvrtc = nvrtc;
        this.context = new CudaContext(target);
        this.modules = new Modules(context, nvrtc, cache, sources);
        this.writer = new StreamWriter(context, modules);
    }

    @Override
    public DeviceInfo info() {
        return target.info();
    }

    @Override
    public String description() {
        return "CUDA %s, compute capability %.1f, kernels by NVRTC %s"
                .formatted(target.driver().version(), target.architecture() / 10.0, nvrtc.version());
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
        return new Replay(context, writer, commands);
    }

    @Override
    public void close() {
        modules.close();
        context.close();
    }
}
