package dev.quire.kernels.device;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Builds kernels when a backend opens, so that no request waits for a compiler. */
final class KernelWarmup {
    private static final long SLOW_NANOS = 2_000_000_000L;

    private KernelWarmup() {}

    /**
     * Builds kernels.
     *
     * @param progress hears of it every two seconds, so nothing where all come from the cache
     * @return how many there were
     */
    static int run(Device device, List<String> kernels, Consumer<String> progress) {
        run(device, kernels, progress, System::nanoTime);
        return kernels.size();
    }

    /** @param nanos a clock */
    static void run(Device device, List<String> kernels, Consumer<String> progress, LongSupplier nanos) {
        long said = nanos.getAsLong();
        for (int i = 0; i < kernels.size(); i++) {
            device.build(kernels.get(i));
            long now = nanos.getAsLong();
            if (now - said >= SLOW_NANOS) {
                said = now;
                progress.accept("Building kernels for %s: %d of %d"
                        .formatted(device.info().name(), i + 1, kernels.size()));
            }
        }
    }
}
