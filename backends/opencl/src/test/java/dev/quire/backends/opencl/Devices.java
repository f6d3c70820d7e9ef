package dev.quire.backends.opencl;

import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Availability;
import dev.quire.api.BackendOptions;
import dev.quire.kernels.KernelCache;
import dev.quire.kernels.KernelSource;
import java.nio.file.Path;
import java.util.Map;

/** The device that tests run on. */
final class Devices {
    /** Settings that give any device the kernels of GPUs. */
    static final Map<String, String> TILES = Map.of("kernels", "tiles");

    private Devices() {}

    /** Skips a test where no device is; {@code ci/test} installs a driver for the processor. */
    static void assumeOne() {
        if (new OpenClProvider().availability() instanceof Availability.Unavailable(String reason, String fix)) {
            abort(reason + "; " + fix);
        }
    }

    /** Skips what sub-groups do not promise. */
    static void assumeBatchInvariant(AttentionBackend backend) {
        assumeTrue(
                backend.info().batchInvariant(),
                backend.info().device().name() + " has sub-groups, which add up a single row in an order of their own");
    }

    static Target first() {
        return Target.all().getFirst();
    }

    static OpenClDevice open(Path cache) {
        KernelCache kernels = new KernelCache(cache, 1 << 26, notice -> {});
        return new OpenClDevice(first(), Settings.of(first()), kernels, KernelSource::openCl);
    }

    static BackendOptions options(Path cache, Map<String, String> settings) {
        return new BackendOptions(0, cache, notice -> {}, settings);
    }
}
