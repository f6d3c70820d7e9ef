package dev.quire.core.weights;

import dev.quire.api.format.BlockDecoder;
import dev.quire.api.types.WeightFormat;
import dev.quire.core.weights.format.WeightFormatException;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** A matrix of a plain format whose elements are read in rows of another length. */
record Reshape(Matrix of, WeightFormat plain, long rows, long columns) implements Matrix {
    static Reshape of(Matrix of, TensorView.Reshaped view) {
        WeightFormat format = of.format()
                .filter(f -> !f.isQuantized())
                .orElseThrow(() -> new WeightFormatException(
                        "%s cannot be cut into other rows: only tensors in F32, F16 or BF16 can"
                                .formatted(view.tensors())));
        long elements = Math.multiplyExact(of.rows(), of.columns());
        if (elements % view.columns() != 0) {
            throw new WeightFormatException("%s has %d elements, which rows of %d do not divide"
                    .formatted(view.tensors(), elements, view.columns()));
        }
        return new Reshape(of, format, elements / view.columns(), view.columns());
    }

    @Override
    public Optional<WeightFormat> format() {
        return Optional.of(plain);
    }

    @Override
    public Optional<MemorySegment> mapped(long from, long count) {
        long first = from * columns;
        long row = first / of.columns();
        long last = (first + count * columns - 1) / of.columns();
        return of.mapped(row, last - row + 1)
                .map(bytes -> bytes.asSlice(plain.bytes(first - row * of.columns()), plain.bytes(count * columns)));
    }

    @Override
    public void decode(long row, float[] target) {
        int count = Math.toIntExact(columns);
        Optional<MemorySegment> bytes = mapped(row, 1);
        if (bytes.isPresent()) {
            BlockDecoder.decode(plain, bytes.get(), 0, target, 0, count);
            return;
        }
        int width = Math.toIntExact(of.columns());
        float[] whole = new float[width];
        for (int done = 0; done < count; ) {
            long element = row * columns + done;
            int skipped = (int) (element % width);
            int taken = Math.min(width - skipped, count - done);
            of.decode(element / width, whole);
            System.arraycopy(whole, skipped, target, done, taken);
            done += taken;
        }
    }
}
