package dev.quire.core.weights;

import dev.quire.api.format.BlockDecoder;
import dev.quire.api.types.WeightFormat;
import dev.quire.core.weights.format.WeightFormatException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/** A view bound to the tensors of a file: rows that can be read one by one, from any thread. */
sealed interface Matrix permits Matrix.Stored, Matrix.Slice, Matrix.Turned, Matrix.Stack, Reshape, Int4Matrix {
    long rows();

    long columns();

    /** The format that all of its rows are stored in; empty if they differ. */
    Optional<WeightFormat> format();

    /** The bytes of {@code count} rows from {@code from}, if they lie side by side as they are. */
    Optional<MemorySegment> mapped(long from, long count);

    /** Decodes row {@code row} to {@code target[0…columns]}. */
    void decode(long row, float[] target);

    /** {@code count} rows from {@code from}, to read one by one: what has to be put together is, once for all of them. */
    default Matrix near(long from, long count) {
        return new Slice(this, from, 1, count);
    }

    /**
     * Binds {@code view} to {@code file}.
     *
     * @throws WeightFormatException if a tensor is missing, unreadable or too small for the view
     */
    static Matrix of(WeightFile file, TensorView view) {
        return switch (view) {
            case TensorView.Whole whole -> whole(file.tensor(whole.name()));
            case TensorView.Rows rows -> slice(of(file, rows.of()), rows);
            case TensorView.Transposed transposed -> Turned.of(of(file, transposed.of()), transposed);
            case TensorView.Every every -> every(of(file, every.of()), every);
            case TensorView.Reshaped reshaped -> Reshape.of(of(file, reshaped.of()), reshaped);
            case TensorView.Stacked stacked ->
                Stack.of(stacked.parts().stream().map(part -> of(file, part)).toList(), stacked);
        };
    }

    private static Matrix whole(Tensor tensor) {
        return switch (tensor.elements()) {
            case Tensor.Mapped mapped -> new Stored(mapped.data(), tensor.format(), tensor.rows(), tensor.columns());
            case Int4Matrix parts -> parts;
        };
    }

    private static Matrix slice(Matrix of, TensorView.Rows rows) {
        if (rows.from() + (long) rows.count() > of.rows()) {
            throw new WeightFormatException("%d rows from %d are asked of %s, which has %d"
                    .formatted(rows.count(), rows.from(), rows.tensors(), of.rows()));
        }
        return new Slice(of, rows.from(), 1, rows.count());
    }

    private static Matrix every(Matrix of, TensorView.Every every) {
        return new Slice(of, every.first(), every.step(), Math.ceilDiv(of.rows() - every.first(), every.step()));
    }

    /** A tensor as it is. */
    record Stored(MemorySegment data, WeightFormat stored, long rows, long columns) implements Matrix {
        @Override
        public Optional<WeightFormat> format() {
            return Optional.of(stored);
        }

        @Override
        public Optional<MemorySegment> mapped(long from, long count) {
            long rowBytes = stored.bytes(columns);
            return Optional.of(data.asSlice(from * rowBytes, count * rowBytes));
        }

        @Override
        public void decode(long row, float[] target) {
            BlockDecoder.decode(stored, data, row * stored.bytes(columns), target, 0, Math.toIntExact(columns));
        }
    }

    /** Every {@code step}-th row of a matrix, from row {@code first}. */
    record Slice(Matrix of, long first, int step, long rows) implements Matrix {
        @Override
        public long columns() {
            return of.columns();
        }

        @Override
        public Optional<WeightFormat> format() {
            return of.format();
        }

        @Override
        public Optional<MemorySegment> mapped(long from, long count) {
            return step == 1 || count == 1 ? of.mapped(first + from * step, count) : Optional.empty();
        }

        @Override
        public void decode(long row, float[] target) {
            of.decode(first + row * step, target);
        }

        @Override
        public Matrix near(long from, long count) {
            return step == 1 || count == 1
                    ? of.near(first + from * step, count)
                    : Stack.of(LongStream.range(from, from + count)
                            .mapToObj(row -> near(row, 1))
                            .toList());
        }
    }

    /** A matrix on its side. Only of plain formats: blocks lie along rows and cannot be cut. */
    record Turned(Stored of) implements Matrix {
        static Turned of(Matrix of, TensorView.Transposed view) {
            if (of instanceof Stored stored && !stored.stored().isQuantized()) {
                return new Turned(stored);
            }
            throw new WeightFormatException(
                    "%s cannot be transposed: only whole tensors in F32, F16 or BF16 can".formatted(view.tensors()));
        }

        @Override
        public long rows() {
            return of.columns();
        }

        @Override
        public long columns() {
            return of.rows();
        }

        @Override
        public Optional<WeightFormat> format() {
            return of.format();
        }

        @Override
        public Optional<MemorySegment> mapped(long from, long count) {
            return Optional.empty();
        }

        @Override
        public void decode(long row, float[] target) {
            int element = of.stored().blockBytes();
            for (int i = 0; i < columns(); i++) {
                long at = (i * of.columns() + row) * element;
                BlockDecoder.decode(of.stored(), of.data(), at, target, i, 1);
            }
        }
    }

    /** Matrices of equal width, one under another; {@code ends[i]} is the first row after part i. */
    record Stack(List<Matrix> parts, List<Long> ends) implements Matrix {
        static Stack of(List<Matrix> parts, TensorView.Stacked view) {
            if (parts.stream().mapToLong(Matrix::columns).distinct().count() > 1) {
                throw new WeightFormatException("%s have rows of %s elements and cannot be stacked"
                        .formatted(
                                view.tensors(),
                                parts.stream().map(Matrix::columns).toList()));
            }
            return of(parts);
        }

        private static Stack of(List<Matrix> parts) {
            long[] ends = parts.stream().mapToLong(Matrix::rows).toArray();
            Arrays.parallelPrefix(ends, Math::addExact);
            return new Stack(parts, Arrays.stream(ends).boxed().toList());
        }

        @Override
        public long rows() {
            return ends.getLast();
        }

        @Override
        public long columns() {
            return parts.getFirst().columns();
        }

        @Override
        public Optional<WeightFormat> format() {
            Optional<WeightFormat> first = parts.getFirst().format();
            return parts.stream().allMatch(part -> part.format().equals(first)) ? first : Optional.empty();
        }

        @Override
        public Optional<MemorySegment> mapped(long from, long count) {
            int part = part(from);
            return from + count <= ends.get(part)
                    ? parts.get(part).mapped(from - start(part), count)
                    : Optional.empty();
        }

        @Override
        public void decode(long row, float[] target) {
            int part = part(row);
            parts.get(part).decode(row - start(part), target);
        }

        @Override
        public Matrix near(long from, long count) {
            List<Matrix> near = new ArrayList<>();
            for (int part = part(from); part <= part(from + count - 1); part++) {
                long first = Math.max(from, start(part));
                long end = Math.min(from + count, ends.get(part));
                near.add(parts.get(part).near(first - start(part), end - first));
            }
            return of(near);
        }

        private int part(long row) {
            int part = 0;
            while (row >= ends.get(part)) {
                part++;
            }
            return part;
        }

        private long start(int part) {
            return part == 0 ? 0 : ends.get(part - 1);
        }
    }
}
