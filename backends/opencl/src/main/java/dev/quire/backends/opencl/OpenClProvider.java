package dev.quire.backends.opencl;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Availability;
import dev.quire.api.BackendException;
import dev.quire.api.BackendOptions;
import dev.quire.api.BackendProvider;
import dev.quire.api.DeviceInfo;
import dev.quire.kernels.KernelCache;
import dev.quire.kernels.KernelSource;
import dev.quire.kernels.device.DeviceBackend;
import dev.quire.kernels.device.DeviceSearch;
import java.util.List;

/**
 * OpenCL devices. Two settings: {@code memory}: {@code fine}, {@code coarse} or {@code buffers} instead of the best way that the device offers to reach its
 * memory; {@code kernels}: {@code vectors}, {@code lanes} or {@code tiles} instead of those for its kind.
 */
public final class OpenClProvider implements BackendProvider {
    private static final String NAME = "opencl";
    private static final long CACHE_BYTES = 256L << 20;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Availability availability() {
        return find().availability();
    }

    @Override
    public List<DeviceInfo> devices() {
        return find().infos();
    }

    @Override
    public List<String> unproven() {
        return List.of("sub-groups (rms_norm_sub_group, linear_sub_group), which PoCL has none of: compiled by Intel's"
                + " offline compiler only");
    }

    private static DeviceSearch<Target> find() {
        try {
            List<Target> targets = Target.all();
            return targets.isEmpty()
                    ? DeviceSearch.nothing(
                            "the OpenCL loader finds no device",
                            "install the driver of your GPU, or pocl-opencl-icd for the processor")
                    : new DeviceSearch.Found<>(targets);
        } catch (UnsatisfiedLinkError | UnsupportedOperationException | NoClassDefFoundError e) {
            return DeviceSearch.nothing(
                    "there is no OpenCL loader: "
                            + e.getMessage().lines().findFirst().orElse(""),
                    "install ocl-icd-libopencl1 and the driver of your GPU");
        } catch (BackendException e) {
            return DeviceSearch.nothing(e.getMessage(), "see what clinfo says");
        }
    }

    @Override
    public AttentionBackend open(DeviceInfo device, BackendOptions options) {
        Target target = find().pick(device, "OpenCL");
        KernelCache cache =
                new KernelCache(options.cacheDirectory().resolve("kernels"), CACHE_BYTES, options.notices());
        Settings settings = Settings.of(target, options.settings());
        return new DeviceBackend(
                NAME, new OpenClDevice(target, settings, cache, KernelSource::openCl), options.notices());
    }
}
