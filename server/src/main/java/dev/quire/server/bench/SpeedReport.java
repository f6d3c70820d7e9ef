package dev.quire.server.bench;

import dev.quire.api.AttentionBackend;
import dev.quire.api.types.Numerics;
import java.io.PrintWriter;
import java.util.List;

/** Runs every measurement and prints each beside the machine's limits of the same run. */
public final class SpeedReport {
    private static final int PREFILL = 512;
    private static final int CONTEXT = 128;
    private static final int PREFIX = 1000;

    private SpeedReport() {}

    /**
     * @param threads that the backend runs on
     * @param numerics what to measure: of the first the speed, of a second one how it compares, step by step in turns
     */
    public static void print(AttentionBackend backend, int threads, List<Numerics> numerics, PrintWriter out) {
        out.printf(
                "machine   %s, %d threads; Java %s%n", backend.info().device().name(), threads, Runtime.version());
        out.printf("backend   %s: %s%n", backend.info().name(), backend.info().description());
        out.printf("model     SmolLM2-135M's shape in bf16, weights from a seed%n%n");
        out.flush();
        double bandwidth = MachineProbe.memoryBandwidth(threads);
        double peak = MachineProbe.matrixPeak(backend);
        out.printf("memory reads            %8.1f GB/s%n", bandwidth * 1e-9);
        out.printf("bf16 matrix products    %8.1f GFLOP/s%n%n", peak * 1e-9);
        heading(out, numerics);
        MadeModel model = MadeModel.smollm2(1);
        try (StepBench steps = new StepBench(backend, model, numerics)) {
            for (int batch : new int[] {1, 4, 16, 64}) {
                List<Double> seconds = steps.decodeSeconds(batch, CONTEXT);
                double limit = Math.max(model.linearBytes() / bandwidth, model.linearFlops(batch, batch) / peak);
                line(out, "decode, batch " + batch, seconds, batch, limit);
            }
            List<Double> seconds = steps.prefillSeconds(PREFILL);
            line(out, "prefill, " + PREFILL + " tokens", seconds, PREFILL, model.linearFlops(PREFILL, 1) / peak);
        }
        try (PrefixBench prefix = new PrefixBench(backend, model, numerics.getFirst())) {
            PrefixBench.FirstToken first = prefix.measure(PREFIX);
            out.printf(
                    "%nfirst token after %d tokens: %.1f ms, %.1f ms with the prefix cached: %.3f of it%n",
                    PREFIX, first.uncached() * 1e3, first.cached() * 1e3, first.cached() / first.uncached());
        }
        out.flush();
    }

    private static void heading(PrintWriter out, List<Numerics> numerics) {
        out.printf("%-22s %10s %12s %10s", numerics.getFirst().label(), "ms", "tokens/s", "of limit");
        numerics.stream().skip(1).forEach(other -> out.printf(" %12s ms %10s", other.label(), "speed"));
        out.println();
    }

    private static void line(PrintWriter out, String what, List<Double> seconds, int tokens, double limit) {
        double first = seconds.getFirst();
        out.printf("%-22s %10.2f %12.0f %9.0f%%", what, first * 1e3, tokens / first, 100 * limit / first);
        seconds.stream().skip(1).forEach(other -> out.printf(" %15.2f %10.2f", other * 1e3, first / other));
        out.println();
        out.flush();
    }
}
