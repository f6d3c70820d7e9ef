package dev.quire.kernels.host;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Availability;
import dev.quire.api.BackendOptions;
import dev.quire.api.BackendProvider;
import dev.quire.api.DeviceInfo;
import dev.quire.kernels.device.DeviceBackend;
import dev.quire.kernels.portable.WorkItem;
import java.util.List;

/** Kernels on a CPU, as backend {@code host-kernels}. The kernels are compiled when the first backend opens. */
public final class HostProvider implements BackendProvider {
    static final String NAME = "host-kernels";
    /** The device that shares its memory with the host. */
    static final int SHARED = 0;
    /** The device whose memory the host reaches by copies only. */
    static final int APART = 1;

    /** The device whose lanes share tensor cores, with memory apart. */
    static final int WARP = 2;
    /** The same whose warps multiply by fours, too. */
    static final int WARP_GROUP = 3;

    /** Compiled once for all backends of this JVM. */
    private static final class Library {
        static final HostLibrary LOADED = HostLibrary.portable();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Availability availability() {
        return HostLibrary.compiler().isPresent()
                ? new Availability.Available()
                : new Availability.Unavailable(HostLibrary.COMPILER + " is not on PATH", "install it");
    }

    @Override
    public List<DeviceInfo> devices() {
        long memory = Runtime.getRuntime().maxMemory();
        return List.of(
                new DeviceInfo(SHARED, "one thread", memory),
                new DeviceInfo(APART, "one thread, memory apart", memory),
                new DeviceInfo(WARP, "one thread as a warp", memory),
                new DeviceInfo(WARP_GROUP, "one thread as a warp group", memory));
    }

    @Override
    public AttentionBackend open(DeviceInfo device, BackendOptions options) {
        HostDevice opened = switch (device.index()) {
            case WARP -> new WarpDevice(device, WorkItem.WARP, Library.LOADED);
            case WARP_GROUP -> new WarpDevice(device, WorkItem.WARP_GROUP, Library.LOADED);
            default -> new HostDevice(device, Library.LOADED);
        };
        return new DeviceBackend(NAME, opened, options.notices());
    }

    /** The compiled kernels. */
    static HostLibrary library() {
        return Library.LOADED;
    }
}
