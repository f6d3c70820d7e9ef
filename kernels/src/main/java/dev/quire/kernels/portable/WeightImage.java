package dev.quire.kernels.portable;

import static dev.quire.kernels.portable.Argument.of;

import dev.quire.api.format.SeededWeight;
import dev.quire.api.format.SeededWords;
import dev.quire.api.program.WeightRef;
import java.util.List;
import java.util.Optional;

/** A weight as a kernel reads it. Several forms of one weight may be needed: a table that is also the output layer. */
public record WeightImage(WeightRef ref, Form form) {
    /** Makes a stored image of a seed. Built when it is first launched. */
    static final String SEEDING = "seed_weight";

    private static final int MOST_GROUPS = 1 << 16;

    /** How a device holds a weight. */
    public enum Form {
        /** The bytes as they came: tables, which {@code embed} decodes row by row. */
        STORED,
        /** bf16, row-major: what {@code linear} multiplies. */
        MATRIX,
        /** float32: norm weights and biases. */
        VECTOR
    }

    /** Bytes on the device. */
    public long bytes() {
        long elements = (long) ref.rows() * ref.columns();
        return switch (form) {
            case STORED -> ref.bytes();
            case MATRIX -> elements * Short.BYTES;
            case VECTOR -> elements * Float.BYTES;
        };
    }

    /** The weight as it came. */
    public WeightImage stored() {
        return new WeightImage(ref, Form.STORED);
    }

    /** What makes this image of the stored one; nothing for that itself. */
    public Optional<KernelLaunch> decoding() {
        return form == Form.STORED ? Optional.empty() : Optional.of(making(Argument.at(new Region.Weight(this))));
    }

    /** What makes the stored image of a seed, where that is (RULES, W8). */
    public KernelLaunch seeded(long seed) {
        SeededWeight weight = new SeededWeight(ref, seed);
        SeededWords words = SeededWords.of(ref);
        return new KernelLaunch(
                SEEDING,
                Math.min(ref.rows(), MOST_GROUPS),
                Constants.ELEMENT_GROUP,
                List.of(
                        Argument.at(new Region.Weight(stored())),
                        of(ref.rows()),
                        of(weight.rowWords()),
                        of(SeededWeight.ROWS),
                        of((int) seed),
                        of((int) (seed >>> Integer.SIZE)),
                        of(weight.name()),
                        of(words.period()),
                        of(words.at()),
                        of(words.first().mask()),
                        of(words.first().base()),
                        of(words.second().mask()),
                        of(words.second().base())));
    }

    /** What makes this image of the stored one at some place. */
    KernelLaunch making(Argument to) {
        Argument from = Argument.at(new Region.Weight(stored()));
        Argument rows = of(ref.rows());
        Argument columns = of(ref.columns());
        Argument format = of(ref.format().ordinal());
        int groups = Math.min(ref.rows(), MOST_GROUPS);
        return switch (form) {
            case STORED ->
                new KernelLaunch(
                        "copy_rows", groups, Constants.ELEMENT_GROUP, List.of(from, to, rows, of(rowBytes(ref))));
            case MATRIX ->
                new KernelLaunch(
                        "decode_matrix",
                        groups,
                        Constants.ELEMENT_GROUP,
                        List.of(from, to, rows, columns, format, of(rowBytes(ref))));
            case VECTOR -> KernelLaunch.elementwise("decode_vector", ref.columns(), from, to, columns, format);
        };
    }

    static int rowBytes(WeightRef ref) {
        return Math.toIntExact(ref.format().bytes(ref.columns()));
    }
}
