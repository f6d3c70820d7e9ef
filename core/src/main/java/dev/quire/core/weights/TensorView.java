package dev.quire.core.weights;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where a program's weight lies in a checkpoint whose tensors are named, split or turned differently. A view only describes; {@link
 * Checkpoint} reads.
 */
public sealed interface TensorView {
    /** The tensors that it reads. */
    Set<String> tensors();

    /** The tensor {@code name} as it is. */
    static TensorView whole(String name) {
        return new Whole(name);
    }

    /** {@code count} of its rows, from {@code from}. */
    default TensorView rows(int from, int count) {
        return new Rows(this, from, count);
    }

    /** {@code count} elements of a vector, from {@code from}, as a vector. */
    default TensorView elements(int from, int count) {
        return reshaped(1).rows(from, count).reshaped(count);
    }

    /** Row {@code first} and every {@code step}-th after it. */
    default TensorView every(int step, int first) {
        return new Every(this, step, first);
    }

    /** Its rows as columns. */
    default TensorView transposed() {
        return new Transposed(this);
    }

    /** Its elements in the same order, in rows of {@code columns}. */
    default TensorView reshaped(int columns) {
        return new Reshaped(this, columns);
    }

    /** A whole tensor, its outer dimensions taken together as rows. */
    record Whole(String name) implements TensorView {
        @Override
        public Set<String> tensors() {
            return Set.of(name);
        }
    }

    /** {@code count} rows from {@code from}: the queries, keys or values of a fused projection. */
    record Rows(TensorView of, int from, int count) implements TensorView {
        public Rows {
            if (from < 0 || count < 1) {
                throw new IllegalArgumentException(
                        "%d rows from %d: expected at least one row, from 0 or later".formatted(count, from));
            }
        }

        @Override
        public Set<String> tensors() {
            return of.tensors();
        }
    }

    /** Rows for columns: layers that are stored as [inputs, outputs]. */
    record Transposed(TensorView of) implements TensorView {
        @Override
        public Set<String> tensors() {
            return of.tensors();
        }
    }

    /** Row {@code first} and every {@code step}-th after it: one part of each head, where the parts of a head lie together. */
    record Every(TensorView of, int step, int first) implements TensorView {
        public Every {
            if (step < 1 || first < 0 || first >= step) {
                throw new IllegalArgumentException(
                        "every %d-th row from %d: expected a first row below the step".formatted(step, first));
            }
        }

        @Override
        public Set<String> tensors() {
            return of.tensors();
        }
    }

    /** The same elements in the same order, in rows of another length: the parts of a fused bias, the heads of a projection. */
    record Reshaped(TensorView of, int columns) implements TensorView {
        public Reshaped {
            if (columns < 1) {
                throw new IllegalArgumentException("rows of %d elements: expected at least one".formatted(columns));
            }
        }

        @Override
        public Set<String> tensors() {
            return of.tensors();
        }
    }

    /** The rows of all parts, one part after another: projections that a program runs as one. */
    record Stacked(List<TensorView> parts) implements TensorView {
        public Stacked {
            parts = List.copyOf(parts);
            if (parts.isEmpty()) {
                throw new IllegalArgumentException("a stack of no parts has no shape; give it at least one");
            }
        }

        @Override
        public Set<String> tensors() {
            Set<String> names = new TreeSet<>();
            parts.forEach(part -> names.addAll(part.tensors()));
            return names;
        }
    }
}
