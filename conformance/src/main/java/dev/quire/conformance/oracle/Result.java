package dev.quire.conformance.oracle;

import java.util.Arrays;

/**
 * An op's output in float64.
 *
 * @param values what it is
 * @param allowed how far from it a result may lie, element by element; infinite where nothing was asked for, NaN where nothing is meant
 */
record Result(Matrix values, Matrix allowed) {
    /** Nothing computed and nothing judged yet. */
    static Result blank(int rows, int width) {
        Result result = new Result(new Matrix(rows, width), new Matrix(rows, width));
        Arrays.fill(result.allowed().data(), Double.POSITIVE_INFINITY);
        return result;
    }

    /** Moved, not computed: exact. */
    static Result copied(Matrix values) {
        return new Result(values, new Matrix(values.rows(), values.width()));
    }

    void set(int row, int column, double value, double bound) {
        values.set(row, column, value);
        allowed.set(row, column, bound);
    }
}
