package dev.quire.backends.tornado;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Availability;
import dev.quire.api.BackendException;
import dev.quire.api.BackendOptions;
import dev.quire.api.BackendProvider;
import dev.quire.api.BackendSeries;
import dev.quire.api.DeviceInfo;
import java.util.List;
import java.util.Optional;

/** TornadoVM's devices, where this JVM was started with the flags of an SDK. Its setting {@code kernels} says which run. */
public final class TornadoProvider implements BackendProvider {
    private static final String NAME = "tornado";

    /** What the search for devices found: some, or the reason for none. */
    private record Search(List<DeviceInfo> devices, Availability availability) {
        static Search nothing(Availability.Unavailable why) {
            return new Search(List.of(), why);
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Availability availability() {
        return search().availability();
    }

    @Override
    public List<DeviceInfo> devices() {
        return search().devices();
    }

    @Override
    public List<String> unproven() {
        return List.of(
                "devices of the SDK's backends other than OpenCL's, which run kernels in Java: these have run on PoCL"
                        + " alone",
                "GPUs, none of which has run it yet");
    }

    private static Search search() {
        Sdk sdk = Sdk.ofThisJvm();
        Optional<Availability.Unavailable> missing = sdk.missing();
        if (missing.isPresent()) {
            return Search.nothing(missing.get());
        }
        try {
            List<DeviceInfo> devices = sdk.devices().infos();
            return devices.isEmpty()
                    ? Search.nothing(new Availability.Unavailable(
                            "the SDK finds no device",
                            "install the driver of your GPU, or pocl-opencl-icd for the processor"))
                    : new Search(devices, new Availability.Available());
        } catch (LinkageError | RuntimeException e) {
            return Search.nothing(new Availability.Unavailable(
                    "the SDK does not start: " + e, "check that %s runs `tornado --devices`".formatted(Sdk.HOME)));
        }
    }

    @Override
    public AttentionBackend open(DeviceInfo device, BackendOptions options) {
        return opening().open(device, options);
    }

    @Override
    public BackendSeries series(DeviceInfo device, BackendOptions options) {
        return opening().series(device, options);
    }

    private static TornadoDevices opening() {
        Sdk sdk = Sdk.ofThisJvm();
        sdk.missing().ifPresent(why -> {
            throw new BackendException(BackendException.Kind.UNSUPPORTED, why.reason() + "; " + why.fix());
        });
        return sdk.devices();
    }
}
