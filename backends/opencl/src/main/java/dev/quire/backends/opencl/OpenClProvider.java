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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * OpenCL devices. One setting, {@code memory}: {@code fine}, {@code coarse} or {@code buffers} instead of the best way that the device offers to reach its
 * memory.
 */
public final class OpenClProvider implements BackendProvider {
    private static final String NAME = "opencl";
    private static final String MEMORY = "memory";
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
        return find(Target::all);
    }

    private static Found find(Supplier<List<Target>> loader) {
        try {
            List<Target> targets = loader.get();
            return targets.isEmpty()
                    ? nothing(
                            "the OpenCL loader finds no device",
                            "install the driver of your GPU, or pocl-opencl-icd for the processor")
                    : new Found.Targets(targets);
        } catch (UnsatisfiedLinkError | UnsupportedOperationException | NoClassDefFoundError e) {
            return nothing(
                    "there is no OpenCL loader: "
                            + e.getMessage().lines().findFirst().orElse(""),
                    "install ocl-icd-libopencl1 and the driver of your GPU");
        } catch (BackendException e) {
            return nothing(e.getMessage(), "see what clinfo says");
        }
    }

    private static Found nothing(String reason, String fix) {
        return new Found.Nothing(new Availability.Unavailable(reason, fix));
    }

    @Override
    public AttentionBackend open(DeviceInfo device, BackendOptions options) {
        if (!(find() instanceof Found.Targets(var list))) {
            throw unsupported("OpenCL is gone since its devices were listed");
        }
        Target target = list.stream()
                .filter(candidate -> candidate.info().equals(device))
                .findFirst()
                .orElseThrow(() -> unsupported("there is no OpenCL device %d (%s) any more; there are %s"
                        .formatted(
                                device.index(),
                                device.name(),
                                list.stream().map(Target::info).toList())));
        KernelCache cache =
                new KernelCache(options.cacheDirectory().resolve("kernels"), CACHE_BYTES, options.notices());
        MemoryModel model = model(target, options.settings());
        return new DeviceBackend(NAME, new OpenClDevice(target, model, cache, KernelSource::openCl), options.notices());
    }

    private static MemoryModel model(Target target, Map<String, String> settings) {
        for (String name : settings.keySet()) {
            if (!name.equals(MEMORY)) {
                throw unsupported("backend opencl has no setting '%s'; it has: %s".formatted(name, MEMORY));
            }
        }
        if (!settings.containsKey(MEMORY)) {
            return target.memory();
        }
        String wanted = settings.get(MEMORY);
        for (MemoryModel model : MemoryModel.values()) {
            if (model.name().toLowerCase(Locale.ROOT).equals(wanted)) {
                if (model.compareTo(target.memory()) < 0) {
                    throw unsupported("memory=%s: %s offers no more than %s"
                            .formatted(
                                    wanted,
                                    target.info().name(),
                                    target.memory().text()));
                }
                return model;
            }
        }
        throw unsupported("memory=%s: choose fine, coarse or buffers".formatted(wanted));
    }

    private static BackendException unsupported(String message) {
        return new BackendException(BackendException.Kind.UNSUPPORTED, message);
    }
}
