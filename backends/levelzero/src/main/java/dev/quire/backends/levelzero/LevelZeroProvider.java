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
import java.util.List;

/** Level Zero devices: Intel's GPUs, and whatever else brings a driver. It has no settings. */
public final class LevelZeroProvider implements BackendProvider {
    private static final String NAME = "levelzero";
    private static final long CACHE_BYTES = 256L << 20;

    /** What the loader has, or why there is none. */
    private sealed interface Found {
        record Targets(List<Target> list) implements Found {}

        record Nothing(Availability.Unavailable why) implements Found {}
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Availability availability() {
        return switch (find()) {
            case Found.Targets targets -> new Availability.Available();
            case Found.Nothing(var why) -> why;
        };
    }

    @Override
    public List<DeviceInfo> devices() {
        return switch (find()) {
            case Found.Targets(var list) -> list.stream().map(Target::info).toList();
            case Found.Nothing nothing -> List.of();
        };
    }

    private static Found find() {
        if (!SpirvModule.built()) {
            return nothing(
                    "this build of Quire carries no SPIR-V",
                    "install clang-15, llvm-spirv-15 and spirv-tools, then build again");
        }
        try {
            List<Target> targets = Target.all();
            return targets.isEmpty()
                    ? nothing(
                            "the Level Zero loader finds no driver with a device",
                            "install the Level Zero driver of your GPU")
                    : new Found.Targets(targets);
        } catch (LinkageError e) {
            return nothing(
                    "the Level Zero loader, libze_loader.so.1, is not installed",
                    "install libze1 and the driver of your GPU");
        } catch (BackendException e) {
            return nothing(e.getMessage(), "check the driver of your GPU");
        }
    }

    private static Found nothing(String reason, String fix) {
        return new Found.Nothing(new Availability.Unavailable(reason, fix));
    }

    @Override
    public AttentionBackend open(DeviceInfo device, BackendOptions options) {
        if (!options.settings().isEmpty()) {
            throw unsupported("backend levelzero has no settings; drop %s"
                    .formatted(options.settings().keySet()));
        }
        if (!(find() instanceof Found.Targets(var list))) {
            throw unsupported("Level Zero is gone since its devices were listed");
        }
        Target target = list.stream()
                .filter(candidate -> candidate.info().equals(device))
                .findFirst()
                .orElseThrow(() -> unsupported("there is no Level Zero device %d (%s) any more; there are %s"
                        .formatted(
                                device.index(),
                                device.name(),
                                list.stream().map(Target::info).toList())));
        KernelCache cache =
                new KernelCache(options.cacheDirectory().resolve("kernels"), CACHE_BYTES, options.notices());
        return new DeviceBackend(NAME, new LevelZeroDevice(target, cache, SpirvModule::find), options.notices());
    }

    private static BackendException unsupported(String message) {
        return new BackendException(BackendException.Kind.UNSUPPORTED, message);
    }
}
