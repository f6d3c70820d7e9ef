package dev.quire.server.load;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What this process holds.
 *
 * @param heap bytes of live objects, after a collection
 * @param outside resident bytes that are not the heap's: native libraries, weights, caches, threads; 0 where the system does not say
 */
record Memory(long heap, long outside) {
    private static final Path STATUS = Path.of("/proc/self/status");

    static Memory now() throws IOException {
        System.gc();
        var heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        return new Memory(heap.getUsed(), Math.max(0, resident() - heap.getCommitted()));
    }

    private static long resident() throws IOException {
        if (!Files.exists(STATUS)) {
            return 0;
        }
        for (String line : Files.readAllLines(STATUS)) {
            if (line.startsWith("VmRSS:")) {
                return 1024 * Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        return 0;
    }

    @Override
    public String toString() {
        return "%d KiB of heap, %d KiB outside".formatted(heap >> 10, outside >> 10);
    }
}
