package dev.quire.backends.levelzero;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Availability;
import dev.quire.api.BackendException;
import dev.quire.api.BackendOptions;
import dev.quire.api.BackendProvider;
import dev.quire.api.DeviceInfo;
import dev.quire.kernels.KernelCache;
import dev.quire.kernels.SpirvModule;
import dev.quire.kernels.device.DeviceBackend;
import dev.quire.kernels.device.DeviceSearch;
import java.util.List;

/**
 * Level Zero devices: Intel's GPUs, and whatever else brings a driver. One setting, {@code kernels}: {@code tiles} instead of {@code lanes} to multiply in FAST by
 * tiles in local memory.
 */
public final class LevelZeroProvider implements BackendProvider {
    private static final String NAME = "levelzero";
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
        return List.of(
                "all kernels on a GPU: compiled by Intel's offline compiler, and run by a driver that forwards to the processor");
    }

    private static DeviceSearch<Target> find() {
        if (!SpirvModule.built()) {
            return DeviceSearch.nothing(
                    "this build of Quire carries no SPIR-V",
                    "install clang-15, llvm-spirv-15 and spirv-tools, then build again");
        }
        try {
            List<Target> targets = Target.all();
            return targets.isEmpty()
                    ? DeviceSearch.nothing(
                            "the Level Zero loader finds no driver with a device",
                            "install the Level Zero driver of your GPU")
                    : new DeviceSearch.Found<>(targets);
        } catch (LinkageError e) {
            return DeviceSearch.nothing(
                    "the Level Zero loader, libze_loader.so.1, is not installed",
                    "install libze1 and the driver of your GPU");
        } catch (BackendException e) {
            return DeviceSearch.nothing(e.getMessage(), "check the driver of your GPU");
        }
    }

    @Override
    public AttentionBackend open(DeviceInfo device, BackendOptions options) {
        KernelSet kernels = KernelSet.of(options.settings());
        Target target = find().pick(device, "Level Zero");
        KernelCache cache =
                new KernelCache(options.cacheDirectory().resolve("kernels"), CACHE_BYTES, options.notices());
        return new DeviceBackend(
                NAME, new LevelZeroDevice(target, kernels, cache, SpirvModule::find), options.notices());
    }
}
