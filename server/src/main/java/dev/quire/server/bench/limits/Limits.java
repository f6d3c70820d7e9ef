package dev.quire.server.bench.limits;

import dev.quire.api.types.WeightFormat;
import dev.quire.server.bench.report.Column;
import dev.quire.server.bench.report.Table;

/**
 * What a backend's machine can do at best, as measured.
 *
 * @param bytesPerSecond that its memory delivers; NaN if it was not measured
 * @param bf16PerSecond floating point operations of bf16 products; NaN if it was not measured
 * @param f32PerSecond the same of float32 products; NaN if it was not measured or the backend has none
 */
public record Limits(double bytesPerSecond, double bf16PerSecond, double f32PerSecond) {
    /** Nothing was measured. */
    public static final Limits UNKNOWN = new Limits(Double.NaN, Double.NaN, Double.NaN);

    /** What the products of an op are made of. */
    public enum Products {
        /** Values of at most 16 bits. */
        BF16,
        /** float32 values, and everything that is no product. */
        F32;

        /** What products with a matrix of this format are made of. */
        public static Products of(WeightFormat format) {
            return format == WeightFormat.F32 ? F32 : BF16;
        }
    }

    /**
     * The least seconds that the work can take: the larger of what memory and arithmetic need. NaN where the limit of either is not known.
     *
     * @param bytes read and written
     * @param operations floating point operations
     */
    public double seconds(double bytes, double operations, Products products) {
        double peak = products == Products.BF16 || Double.isNaN(f32PerSecond) ? bf16PerSecond : f32PerSecond;
        return Math.max(bytes / bytesPerSecond, operations / peak);
    }

    /** What lies in the middle between these limits and those of another moment: machines change their speed. */
    public Limits mean(Limits other) {
        return new Limits(
                (bytesPerSecond + other.bytesPerSecond) / 2,
                (bf16PerSecond + other.bf16PerSecond) / 2,
                (f32PerSecond + other.f32PerSecond) / 2);
    }

    /** A table that takes one {@link #addTo row} for each backend. */
    public static Table table() {
        return Table.of(
                "limits",
                "limits, measured in this run",
                Column.text("backend", "backend"),
                new Column("memory_bytes_per_second", "memory reads GB/s", 1e-9, 1),
                new Column("bf16_flops", "bf16 products GFLOP/s", 1e-9, 1),
                new Column("f32_flops", "f32 products GFLOP/s", 1e-9, 1));
    }

    /** {@code table} with these limits. */
    public Table addTo(Table table, String backend) {
        return table.with(backend, bytesPerSecond, bf16PerSecond, f32PerSecond);
    }
}
