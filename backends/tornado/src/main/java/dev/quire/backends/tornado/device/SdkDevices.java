package dev.quire.backends.tornado.device;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendOptions;
import dev.quire.api.BackendSeries;
import dev.quire.api.DeviceInfo;
import dev.quire.backends.tornado.TornadoDevices;
import dev.quire.backends.tornado.graphs.IdleRunner;
import dev.quire.kernels.KernelCache;
import dev.quire.kernels.device.DeviceBackend;
import dev.quire.kernels.device.DeviceSearch;
import java.nio.file.Path;
import java.util.List;

/** Opens devices through the API of the SDK that this JVM runs with. */
public final class SdkDevices implements TornadoDevices {
    private static final long CACHE_BYTES = 256 << 20;

    @Override
    public List<DeviceInfo> infos() {
        return Target.all().stream().map(Target::info).toList();
    }

    @Override
    public AttentionBackend open(DeviceInfo device, BackendOptions options) {
        try (IdleRunner<GraphRunner> idle = new IdleRunner<>()) {
            return open(device, options, idle);
        }
    }

    @Override
    public BackendSeries series(DeviceInfo device, BackendOptions options) {
        IdleRunner<GraphRunner> idle = new IdleRunner<>();
        return new BackendSeries() {
            @Override
            public AttentionBackend open() {
                return SdkDevices.open(device, options, idle);
            }

            @Override
            public void close() {
                idle.close();
            }
        };
    }

    private static AttentionBackend open(DeviceInfo device, BackendOptions options, IdleRunner<GraphRunner> idle) {
        Target target = new DeviceSearch.Found<>(Target.all()).pick(device, "TornadoVM");
        Path folder = options.cacheDirectory().resolve("kernels");
        KernelSet set = KernelSet.of(target, options.settings());
        KernelTable table = new KernelTable(set, new PrebuiltKernels(folder, target.dividesExactly()));
        Path choices =
                set == KernelSet.JAVA ? folder.resolve("java") : folder; // of other tiles than the device's OpenCL ones
        KernelCache cache = new KernelCache(choices, CACHE_BYTES, options.notices());
        IdleRunner<GraphRunner>.Loan loan = idle.take(() -> new GraphRunner(target));
        return new DeviceBackend(
                "tornado", new TaskGraphDevice(target, table, cache, loan, options.notices()), options.notices());
    }
}
