package dev.quire.backends.tornado;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendOptions;
import dev.quire.api.BackendSeries;
import dev.quire.api.DeviceInfo;
import java.util.List;

/** The devices of an SDK. A build that had none has no implementation. */
public interface TornadoDevices {
    /** Those that run kernels. Throws what TornadoVM throws where it does not start. */
    List<DeviceInfo> infos();

    /** Opens the device that was listed as {@code device}. */
    AttentionBackend open(DeviceInfo device, BackendOptions options);

    /** Opens it several times, each time with the memory and the compiled code that the time before has left. */
    BackendSeries series(DeviceInfo device, BackendOptions options);
}
