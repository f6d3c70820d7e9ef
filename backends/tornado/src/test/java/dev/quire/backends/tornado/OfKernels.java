package dev.quire.backends.tornado;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Availability;
import dev.quire.api.BackendOptions;
import dev.quire.api.BackendProvider;
import dev.quire.api.BackendSeries;
import dev.quire.api.DeviceInfo;
import java.util.List;
import java.util.Map;

/** TornadoVM's devices with the kernels of others, as backend {@code tornado-java}, {@code tornado-tiles} or {@code tornado-portable}. */
public abstract class OfKernels implements BackendProvider {
    private final TornadoProvider devices = new TornadoProvider();
    private final String kernels;

    /** Every kernel in Java that there is in Java: what devices run that take no OpenCL C. */
    public static final class Java extends OfKernels {
        public Java() {
            super("java");
        }
    }

    /** The kernels of GPUs. */
    public static final class Tiles extends OfKernels {
        public Tiles() {
            super("tiles");
        }
    }

    /** Those of GPUs, but for any in Java. */
    public static final class Portable extends OfKernels {
        public Portable() {
            super("portable");
        }
    }

    private OfKernels(String kernels) {
        this.kernels = kernels;
    }

    @Override
    public String name() {
        return "tornado-" + kernels;
    }

    @Override
    public Availability availability() {
        return devices.availability();
    }

    @Override
    public List<DeviceInfo> devices() {
        return devices.devices();
    }

    @Override
    public AttentionBackend open(DeviceInfo device, BackendOptions options) {
        return devices.open(device, withKernels(options));
    }

    @Override
    public BackendSeries series(DeviceInfo device, BackendOptions options) {
        return devices.series(device, withKernels(options));
    }

    private BackendOptions withKernels(BackendOptions options) {
        Map<String, String> settings = Map.of("kernels", kernels);
        return new BackendOptions(options.threads(), options.cacheDirectory(), options.notices(), settings);
    }
}
