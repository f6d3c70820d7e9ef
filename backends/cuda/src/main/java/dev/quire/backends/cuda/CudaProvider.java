package dev.quire.backends.cuda;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Availability;
import dev.quire.api.BackendOptions;
import dev.quire.api.BackendProvider;
import dev.quire.api.DeviceInfo;
import dev.quire.kernels.KernelCache;
import dev.quire.kernels.KernelSource;
import dev.quire.kernels.device.DeviceBackend;
import dev.quire.kernels.foreign.LibrarySearch;
import dev.quire.kernels.nvrtc.CompiledKernels;
import dev.quire.kernels.nvrtc.NvrtcSearch;
import java.util.List;

/** NVIDIA GPUs, by their driver, NVRTC and cuBLASLt. One setting, {@code prompts}: {@code warp_groups} instead of {@code warps} to attend to prompts by warp groups. */
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
                "prompts by warp groups on compute capability 9.0, which --backend-option prompts=warp_groups asks for: read as the PTX ISA defines them by an emulation");
    }

    @Override
    public AttentionBackend open(DeviceInfo device, BackendOptions options) {
        Prompts prompts = Prompts.of(options.settings());
        Target target = Target.find().pick(device, "CUDA");
        KernelCache cache =
                new KernelCache(options.cacheDirectory().resolve("kernels"), CACHE_BYTES, options.notices());
        Binaries binaries = new Binaries(
                target,
                CompiledKernels.shipped(),
                cache,
                () -> NvrtcSearch.usual().find(target.driver().major()));
        CudaDevice gpu = new CudaDevice(
                target,
                prompts.workItem(target),
                binaries,
                LibrarySearch.usual(),
                KernelSource::cuda,
                options.notices());
        return new DeviceBackend(NAME, gpu, options.notices());
    }
}
