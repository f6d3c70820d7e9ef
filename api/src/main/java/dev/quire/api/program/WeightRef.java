package dev.quire.api.program;

import dev.quire.api.types.WeightFormat;
import java.util.Objects;

/**
 * A weight that a program names: a matrix [rows, columns], row-major, or a vector with {@code rows == 1}.
 *
 * @param name unique within its program
 * @param rows output features of a linear layer, entries of an embedding table, 1 for a vector
 * @param columns elements in a row
 * @param format how a row is stored
 */
public record WeightRef(String name, int rows, int columns, WeightFormat format) {
    public WeightRef {
        Objects.requireNonNull(name);
        if (rows < 1 || columns < 1) {
            throw new IllegalArgumentException(
                    "weight '%s' has shape [%d, %d]; both must be at least 1".formatted(name, rows, columns));
        }
        format.bytes(columns);
    }

    /** A float32 vector: norm weights, biases. */
    public static WeightRef vector(String name, int length) {
        return new WeightRef(name, 1, length, WeightFormat.F32);
    }

    /** Bytes of the whole weight in its format. */
    public long bytes() {
        return rows * format.bytes(columns);
    }
}
