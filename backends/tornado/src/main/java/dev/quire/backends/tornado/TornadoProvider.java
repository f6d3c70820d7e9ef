package dev.quire.backends.tornado;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Availability;
import dev.quire.api.BackendException;
import dev.quire.api.BackendOptions;
import dev.quire.api.BackendProvider;
import dev.quire.api.DeviceInfo;
import dev.quire.kernels.device.DeviceBackend;
import dev.quire.kernels.device.DeviceSearch;
import java.util.List;
import java.util.Optional;

/** TornadoVM's devices, where this JVM was started with the flags of an SDK. It has no settings. */
public final class TornadoProvider implements BackendProvider {
    private static final String NAME = "tornado";

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

    private static DeviceSearch<Target> find() {
        Optional<Availability.Unavailable> missing = Sdk.missing(System.getProperties());
        if (missing.isPresent()) {
            return new DeviceSearch.Nothing<>(missing.get());
        }
        try {
            List<Target> targets = Target.all();
            return targets.isEmpty()
                    ? DeviceSearch.nothing(
                            "the SDK finds no device",
                            "install the driver of your GPU, or pocl-opencl-icd for the processor")
                    : new DeviceSearch.Found<>(targets);
        } catch (LinkageError | RuntimeException e) {
            return DeviceSearch.nothing(
                    "the SDK does not start: " + e, "check that %s runs `tornado --devices`".formatted(Sdk.HOME));
        }
    }

    @Override
    public AttentionBackend open(DeviceInfo device, BackendOptions options) {
        if (!options.settings().isEmpty()) {
            throw new BackendException(
                    BackendException.Kind.UNSUPPORTED,
                    "backend tornado has no settings; drop %s"
                            .formatted(options.settings().keySet()));
        }
        Target target = find().pick(device, "TornadoVM");
        PrebuiltKernels kernels = new PrebuiltKernels(options.cacheDirectory().resolve("kernels"));
        KernelTable table = KernelTable.best(target, kernels);
        return new DeviceBackend(NAME, new TaskGraphDevice(target, table), options.notices());
    }
}
