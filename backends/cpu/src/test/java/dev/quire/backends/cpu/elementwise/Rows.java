package dev.quire.backends.cpu.elementwise;

import static org.junit.jupiter.api.Assertions.fail;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/** Rows of test data with NaN between and around them, where no op may read or write. */
final class Rows {
    private static final int GAP = 5;
    private static final int GUARD = 0xffc0abcd;

    final Matrix matrix;
    final int rows;
    final int width;

    private Rows(Arena arena, int rows, int width) {
        this.rows = rows;
        this.width = width;
        int stride = width + GAP;
        this.matrix = new Matrix(arena.allocate((rows * stride + GAP) * 4L, 64), GAP * 4L, stride);
        for (long at = 0; at < matrix.memory().byteSize(); at += 4) {
            matrix.memory().set(ValueLayout.JAVA_INT, at, GUARD);
        }
    }

    static Rows blank(Arena arena, int rows, int width) {
        return new Rows(arena, rows, width);
    }

    /** Normal values of many sizes, with zeros of both signs, large and tiny ones among them. */
    static Rows random(Arena arena, int rows, int width, Random random) {
        Rows made = new Rows(arena, rows, width);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < width; column++) {
                made.matrix.set(row, column, value(random));
            }
        }
        return made;
    }

    static float value(Random random) {
        return switch (random.nextInt(12)) {
            case 0 -> 0f;
            case 1 -> -0f;
            case 2 -> (float) random.nextGaussian() * 1e-6f;
            case 3 -> (float) random.nextGaussian() * 100f;
            default -> (float) random.nextGaussian() * 2f;
        };
    }

    Rows copy(Arena arena) {
        Rows made = new Rows(arena, rows, width);
        Pointwise.copy(matrix, made.matrix, width, 0, rows);
        return made;
    }

    float[] row(int row) {
        float[] x = new float[width];
        for (int column = 0; column < width; column++) {
            x[column] = matrix.get(row, column);
        }
        return x;
    }

    void assertRow(int row, float[] expected, String what) {
        for (int column = 0; column < width; column++) {
            float actual = matrix.get(row, column);
            if (Float.floatToIntBits(actual) != Float.floatToIntBits(expected[column])) {
                fail("%s: row %d, column %d is %s, the definition gives %s"
                        .formatted(what, row, column, actual, expected[column]));
            }
        }
    }

    /** What lies outside the rows is as it was. */
    void assertGuards(String what) {
        for (int row = -1; row < rows; row++) {
            for (int column = width; column < width + GAP; column++) {
                int bits = Float.floatToRawIntBits(matrix.get(row, column));
                if (bits != GUARD) {
                    fail("%s: wrote %08x past the end of row %d".formatted(what, bits, row));
                }
            }
        }
    }
}
