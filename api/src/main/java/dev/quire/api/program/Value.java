package dev.quire.api.program;

import dev.quire.api.types.DType;
import java.util.Objects;

/**
 * A named matrix [rows, width] that ops read and write, row-major. {@code F32} means "float activations": FAST backends may hold
 * more or less precision inside a fused run of ops, never at a program's outputs.
 *
 * @param name unique within its program
 * @param rows symbolic row count
 * @param width elements in a row
 * @param dtype element type
 */
public record Value(String name, Rows rows, int width, DType dtype) {
    /** Token ids of the step, [T, 1]; filled from the batch. */
    public static final Value TOKENS = new Value("tokens", Rows.TOKENS, 1, DType.I32);

    /** Positions of the step's tokens in their sequences, [T, 1]; filled from the batch. */
    public static final Value POSITIONS = new Value("positions", Rows.TOKENS, 1, DType.I32);

    public Value {
        Objects.requireNonNull(rows);
        Objects.requireNonNull(dtype);
        if (name.isBlank()) {
            throw new IllegalArgumentException("a value needs a name");
        }
        if (width < 1) {
            throw new IllegalArgumentException("value '%s' has width %d; at least 1 is needed".formatted(name, width));
        }
        if (dtype == DType.F8_E4M3) {
            throw new IllegalArgumentException(
                    "value '%s' cannot be %s, a type of KV caches alone; choose F32, F16, BF16 or I32"
                            .formatted(name, dtype));
        }
    }

    /** Float activations for each token of the step, [T, width]. */
    public static Value tokens(String name, int width) {
        return new Value(name, Rows.TOKENS, width, DType.F32);
    }

    /** Float activations for each row whose logits are wanted, [R, width]. */
    public static Value logits(String name, int width) {
        return new Value(name, Rows.LOGITS, width, DType.F32);
    }
}
