package dev.quire.backends.cuda;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Availability;
import dev.quire.api.BackendException;
import dev.quire.api.BackendOptions;
import dev.quire.api.BackendProvider;
import dev.quire.api.DeviceInfo;
import dev.quire.kernels.KernelCache;
import dev.quire.kernels.KernelSource;
import dev.quire.kernels.device.DeviceBackend;
import dev.quire.kernels.foreign.LibrarySearch;
import dev.quire.kernels.nvrtc.CompiledKernels;
import dev.quire.kernels.nvrtc.NvrtcSearch;
import dev.quire.kernels.portable.WorkItem;
import java.util.List;

/** NVIDIA GPUs, by their driver, NVRTC and cuBLASLt. It has no settings. */
public final class CudaProvider implements BackendProvider {
    private static final String NAME = "cuda";
    private static final long CACHE_BYTES = 256L << 20;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Availability availability() {
        return Target.find().availability();
    }

    @Override
    public List<DeviceInfo> devices() {
        return Target.find().infos();
    }

    @Override
    public List<String> unproven() {
        return List.of(
                "all kernels, cuBLASLt and graphs on a GPU: compiled by NVRTC, and run by a stub of the driver on the processor",
                "prompts by warp groups on compute capability 9.0, which are off here: docs/backends.md says how to get backend cuda-warp-groups");
    }

    @Override
    public AttentionBackend open(DeviceInfo device, BackendOptions options) {
        Target target = Target.find().pick(device, "CUDA");
        return open(NAME, target, CudaDevice.workItem(target), options);
    }

    /** Opens a GPU for a provider. */
    static AttentionBackend open(String name, Target target, WorkItem workItem, BackendOptions options) {
        if (!options.settings().isEmpty()) {
            throw new BackendException(
                    BackendException.Kind.UNSUPPORTED,
                    "backend %s has no settings; drop %s"
                            .formatted(name, options.settings().keySet()));
        }
        KernelCache cache =
                new KernelCache(options.cacheDirectory().resolve("kernels"), CACHE_BYTES, options.notices());
        Binaries binaries = new Binaries(
                target,
                CompiledKernels.shipped(),
                cache,
                () -> NvrtcSearch.usual().find(target.driver().major()));
        CudaDevice gpu = new CudaDevice(
                target, workItem, binaries, LibrarySearch.usual(), KernelSource::cuda, options.notices());
        return new DeviceBackend(name, gpu, options.notices());
    }
}
