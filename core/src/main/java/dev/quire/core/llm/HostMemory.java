package dev.quire.core.llm;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What the host's memory can still give. */
final class HostMemory {
    private static final Path LINUX = Path.of("/proc/meminfo");
    private static final String LINUX_AVAILABLE = "MemAvailable:";

    private HostMemory() {}

    /** Bytes that can be had without swapping: free memory, and on Linux caches that can be dropped, within the container's limit. */
    static long available() {
        if (!(ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system)) {
            return Runtime.getRuntime().maxMemory();
        }
        long free = Math.max(system.getFreeMemorySize(), linuxAvailable());
        return Math.min(free, system.getTotalMemorySize());
    }

    private static long linuxAvailable() {
        if (!Files.isReadable(LINUX)) {
            return 0;
        }
        try (Stream<String> lines = Files.lines(LINUX)) {
            return lines.filter(line -> line.startsWith(LINUX_AVAILABLE))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + LINUX, e);
        }
    }
}
