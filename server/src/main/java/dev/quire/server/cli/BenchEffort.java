package dev.quire.server.cli;

import dev.quire.api.AttentionBackend;
import dev.quire.server.bench.limits.Limits;
import dev.quire.server.bench.limits.Probes;
import dev.quire.server.bench.measure.Effort;
import java.io.PrintWriter;
import picocli.CommandLine.Option;

/** How long a benchmark measures, and whether it measures the machine's limits, too. */
final class BenchEffort {
    @Option(
            names = "--seconds",
            defaultValue = "1",
            paramLabel = "X",
            description = {
                "Time for each measurement, after a warm-up as long, which is repeated, ten times at most, while the JVM",
                "compiles. Default: ${DEFAULT-VALUE}."
            })
    private double seconds;

    @Option(names = "--no-limits", description = "Leave the machine's limits out, and with them all shares of a limit.")
    private boolean withoutLimits;

    Effort effort() {
        return Effort.seconds(seconds);
    }

    /** A backend's limits; {@link Limits#UNKNOWN} without them. */
    Limits limits(AttentionBackend backend, int threads, PrintWriter progress) {
        if (withoutLimits) {
            return Limits.UNKNOWN;
        }
        progress.printf("measuring the limits of %s%n", backend.info().name());
        progress.flush();
        return Probes.FULL.measure(backend, threads, effort());
    }
}
