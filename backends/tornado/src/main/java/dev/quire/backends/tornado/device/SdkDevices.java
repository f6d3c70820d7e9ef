package dev.quire.backends.tornado.device;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendOptions;
import dev.quire.api.DeviceInfo;
import dev.quire.backends.tornado.TornadoDevices;
import dev.quire.kernels.device.DeviceBackend;
import dev.quire.kernels.device.DeviceSearch;
import java.util.List;

/** Opens devices through the API of the SDK that this JVM runs with. */
public final class SdkDevices implements TornadoDevices {
    @Override
    public List<DeviceInfo> infos() {
        return Target.all().stream().map(Target::info).toList();
    }

    @Override
    public AttentionBackend open(DeviceInfo device, BackendOptions options) {
        Target target = new DeviceSearch.Found<>(Target.all()).pick(device, "TornadoVM");
        PrebuiltKernels kernels = new PrebuiltKernels(options.cacheDirectory().resolve("kernels"));
        KernelTable table = KernelTable.best(target, kernels);
        return new DeviceBackend("tornado", new TaskGraphDevice(target, table), options.notices());
    }
}
