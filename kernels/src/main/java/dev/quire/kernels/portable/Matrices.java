package dev.quire.kernels.portable;

import dev.quire.api.program.WeightRef;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.WeightFormat;
import dev.quire.kernels.portable.WeightImage.Form;

/** How matrices are held and multiplied. */
final class Matrices {
    private Matrices() {}

    /** The form that a matrix is multiplied in: in FAST as it is stored, so that it stands in memory once. */
    static Form form(Numerics numerics) {
        return switch (numerics) {
            case FAST -> Form.STORED;
            case REPRODUCIBLE -> Form.MATRIX;
        };
    }

    /** Whether x is rounded to bf16 for a matrix, which is bf16 itself: then the kernels of Canon 1 multiply it in FAST, too (RULES, N4). */
    static boolean areRounded(WeightRef matrix, Numerics numerics) {
        return numerics == Numerics.REPRODUCIBLE || matrix.format() == WeightFormat.BF16;
    }
}
