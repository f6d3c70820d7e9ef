package dev.quire.core.llm;

import dev.quire.api.DeviceChoice;
import java.nio.file.Path;
import java.util.Map;

/**
 * What runs the model.
 *
 * @param backend name of a backend; by default {@link Backends#AUTO}
 * @param device which of the backend's devices; by default its best
 * @param threads host threads that the backend may use; 0, the default, lets it choose
 * @param memoryUtilization share of a device's memory for weights, scratch memory and KV cache together; by default 0.92. The cpu backend
 *     shares its memory with everything else and takes at most 4 GiB, or 40% of what is free, for its KV cache
 * @param cacheDirectory where backends keep compiled kernels and extracted libraries; by default {@code .cache/quire} in the user's home
 * @param settings the backend's own settings, by name
 */
public record DeviceOptions(
        String backend,
        DeviceChoice device,
        int threads,
        double memoryUtilization,
        Path cacheDirectory,
        Map<String, String> settings) {
    public DeviceOptions {
        settings = Map.copyOf(settings);
        if (threads < 0) {
            throw new IllegalArgumentException(
                    "threads is %d; give a positive number, or 0 to let the backend choose".formatted(threads));
        }
        if (!(memoryUtilization > 0 && memoryUtilization <= 1)) {
            throw new IllegalArgumentException(
                    "gpu-memory-utilization is %s; give a number greater than 0 and at most 1"
                            .formatted(memoryUtilization));
        }
    }

    /** The best backend's best device. */
    public static DeviceOptions defaults() {
        Path cache = Path.of(System.getProperty("user.home"), ".cache", "quire");
        return new DeviceOptions(Backends.AUTO, DeviceChoice.BEST, 0, 0.92, cache, Map.of());
    }

    public DeviceOptions withThreads(int value) {
        return new DeviceOptions(backend, device, value, memoryUtilization, cacheDirectory, settings);
    }

    public DeviceOptions withBackend(String value) {
        return new DeviceOptions(value, device, threads, memoryUtilization, cacheDirectory, settings);
    }

    public DeviceOptions withDevice(DeviceChoice value) {
        return new DeviceOptions(backend, value, threads, memoryUtilization, cacheDirectory, settings);
    }

    public DeviceOptions withMemoryUtilization(double value) {
        return new DeviceOptions(backend, device, threads, value, cacheDirectory, settings);
    }
}
