package dev.quire.core.weights;

import dev.quire.api.format.PlainEncoder;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.WeightFormat;
import dev.quire.core.weights.format.WeightFormatException;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Writes a weight's rows in the format that a program asks for: copied where the formats agree, decoded and rounded where they do not, by row scales
 * for {@link WeightFormat#INT8}.
 */
final class Conversion {
    /** Rows that one thread converts at a time. */
    private static final int STRIDE = 64;

    private final Matrix matrix;
    private final WeightRef ref;

    /**
     * @throws WeightFormatException if it would have to quantize in another way than plain weights to INT8
     */
    Conversion(Matrix matrix, WeightRef ref) {
        if (ref.format().isQuantized()
                && !matrix.format().equals(Optional.of(ref.format()))
                && !quantizes(matrix, ref)) {
            throw new WeightFormatException(
                    "weight '%s' is stored as %s and asked for as %s; Quire quantizes plain weights to INT8 alone: ask for %s, F32, F16 or BF16"
                            .formatted(ref.name(), stored(matrix), ref.format(), stored(matrix)));
        }
        this.matrix = matrix;
        this.ref = ref;
    }

    private static boolean quantizes(Matrix matrix, WeightRef ref) {
        return ref.format() == WeightFormat.INT8
                && matrix.format().filter(stored -> !stored.isQuantized()).isPresent();
    }

    /** Fills {@code target}, {@link WeightRef#bytes()} long, with all rows, on all cores. */
    void writeTo(MemorySegment target) {
        IntStream.range(0, Math.ceilDiv(ref.rows(), STRIDE))
                .parallel()
                .forEach(stride -> writeRows(stride * STRIDE, Math.min(ref.rows(), (stride + 1) * STRIDE), target));
    }

    private void writeRows(int from, int end, MemorySegment target) {
        WeightFormat format = ref.format();
        long rowBytes = format.bytes(ref.columns());
        boolean copies = matrix.format().equals(Optional.of(format));
        float[] values = new float[ref.columns()];
        Matrix near = matrix.near(from, end - from);
        for (int row = from; row < end; row++) {
            MemorySegment place = target.asSlice(row * rowBytes, rowBytes);
            Optional<MemorySegment> bytes = copies ? near.mapped(row - from, 1) : Optional.empty();
            if (bytes.isPresent()) {
                place.copyFrom(bytes.get());
            } else {
                near.decode(row - from, values);
                write(values, row, place);
            }
        }
    }

    private void write(float[] values, int row, MemorySegment place) {
        if (ref.format() == WeightFormat.INT8) {
            RowQuantizer.write(ref, row, values, place);
        } else {
            refuseOverflow(values, row);
            PlainEncoder.encode(ref.format(), values, 0, place, 0, values.length);
        }
    }

    private void refuseOverflow(float[] values, int row) {
        if (ref.format() != WeightFormat.F16) {
            return;
        }
        for (int i = 0; i < values.length; i++) {
            if (Float.isFinite(values[i]) && Float.isInfinite(Float.float16ToFloat(Float.floatToFloat16(values[i])))) {
                throw new WeightFormatException(
                        "weight '%s' holds %s at [%d, %d], beyond the range of float16 (65504); use bfloat16 or float32"
                                .formatted(ref.name(), values[i], row, i));
            }
        }
    }

    private static String stored(Matrix matrix) {
        return matrix.format().map(WeightFormat::name).orElse("several formats");
    }
}
