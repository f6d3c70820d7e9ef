package dev.quire.backends.cpu;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Availability;
import dev.quire.api.BackendOptions;
import dev.quire.api.BackendProvider;
import dev.quire.api.DeviceInfo;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The processor that the JVM runs on. */
public final class CpuProvider implements BackendProvider {
    private final Set<CpuBackend.Kernel> warm = ConcurrentHashMap.newKeySet();

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public Availability availability() {
        boolean vectors = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
        return vectors
                ? new Availability.Available()
                : new Availability.Unavailable(
                        "the JVM was started without the module jdk.incubator.vector",
                        "start it with --add-modules jdk.incubator.vector");
    }

    @Override
    public List<DeviceInfo> devices() {
        if (availability() instanceof Availability.Unavailable) {
            return List.of();
        }
        String name = "%s, %d processors"
                .formatted(System.getProperty("os.arch"), Runtime.getRuntime().availableProcessors());
        return List.of(new DeviceInfo(0, name, physicalMemory()));
    }

    @Override
    public AttentionBackend open(DeviceInfo device, BackendOptions options) {
        return new CpuBackend(device, options, warm);
    }

    private static long physicalMemory() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : Runtime.getRuntime().maxMemory();
    }
}
