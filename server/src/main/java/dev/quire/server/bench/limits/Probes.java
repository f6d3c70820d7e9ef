package dev.quire.server.bench.limits;

import dev.quire.api.AttentionBackend;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.WeightFormat;
import dev.quire.server.bench.measure.Effort;
import java.util.OptionalDouble;

/**
 * How large the probes are.
 *
 * @param hostBytes that the host's threads read; far more than any cache
 * @param side rows and columns of the matrix that a peak is measured with, in {@code rows} rows
 * @param streamSide rows and columns of the bf16 matrix that a backend reads for one row
 */
public record Probes(long hostBytes, int side, int rows, int streamSide) {
    /** A gibibyte of the host's memory, a matrix of 4096 by 4096 for 512 rows, and one of 512 MiB for one. */
    public static final Probes FULL = new Probes(1L << 30, 4096, 512, 16_384);

    /**
     * Measures a backend's limits. Its memory is taken to deliver what it is seen to deliver to the backend, or to the host's threads if that
     * is more: on a processor both read the same memory, and a device's own is faster than the host's.
     *
     * @param threads of the host
     */
    public Limits measure(AttentionBackend backend, int threads, Effort effort) {
        Numerics numerics = backend.info().numerics().iterator().next();
        double host = MemoryProbe.bytesPerSecond(threads, hostBytes, effort);
        OptionalDouble stream = LinearProbe.seconds(backend, numerics, WeightFormat.BF16, streamSide, 1, effort);
        double device = 2.0 * streamSide * streamSide / stream.orElse(Double.POSITIVE_INFINITY);
        return new Limits(
                Math.max(host, device),
                peak(backend, numerics, WeightFormat.BF16, effort),
                peak(backend, numerics, WeightFormat.F32, effort));
    }

    private double peak(AttentionBackend backend, Numerics numerics, WeightFormat format, Effort effort) {
        OptionalDouble seconds = LinearProbe.seconds(backend, numerics, format, side, rows, effort);
        return seconds.isEmpty() ? Double.NaN : 2.0 * rows * side * side / seconds.getAsDouble();
    }
}
