package dev.quire.api.program;

import dev.quire.api.types.DType;
import java.util.Optional;

/** Shape checks shared by the ops' constructors. */
final class Check {
    private Check() {}

    static void width(String op, Value value, int width) {
        if (value.width() != width) {
            throw new IllegalArgumentException(
                    "%s needs width %d, but '%s' has %d".formatted(op, width, value.name(), value.width()));
        }
    }

    static void integers(String op, Value value) {
        if (value.dtype() != DType.I32) {
            throw new IllegalArgumentException(
                    "%s needs whole numbers, but '%s' is of %s".formatted(op, value.name(), value.dtype()));
        }
    }

    static void length(String op, WeightRef weight, int length) {
        if (weight.rows() != 1 || weight.columns() != length) {
            throw new IllegalArgumentException("%s needs a vector of %d, but weight '%s' is [%d, %d]"
                    .formatted(op, length, weight.name(), weight.rows(), weight.columns()));
        }
    }

    static void group(String op, Value x, int group, Optional<WeightRef> weight) {
        if (group < 1 || x.width() % group != 0) {
            throw new IllegalArgumentException(
                    "%s works on runs of %d elements, which do not divide the width %d of '%s'"
                            .formatted(op, group, x.width(), x.name()));
        }
        weight.ifPresent(w -> length(op, w, group));
    }
}
