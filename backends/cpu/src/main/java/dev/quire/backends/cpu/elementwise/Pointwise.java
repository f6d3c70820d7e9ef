package dev.quire.backends.cpu.elementwise;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Arithmetic element by element on rows {@code from} to {@code to − 1}, {@code width} elements each, every operation rounded. The output may
 * be an input.
 */
public final class Pointwise {
    private static final int L = Lanes.COUNT;

    private Pointwise() {}

    /** out = a + b. */
    public static void add(Matrix a, Matrix b, Matrix out, int width, int from, int to) {
        for (int row = from; row < to; row++) {
            long atA = a.at(row);
            long atB = b.at(row);
            long atOut = out.at(row);
            int whole = Lanes.whole(width);
            for (int i = 0; i < whole; i += L) {
                FloatVector sum = Lanes.load(a.memory(), atA + i * 4L).add(Lanes.load(b.memory(), atB + i * 4L));
                Lanes.store(sum, out.memory(), atOut + i * 4L);
            }
            if (whole < width) {
                VectorMask<Float> inside = Lanes.FLOAT.indexInRange(whole, width);
                FloatVector sum = Lanes.load(a.memory(), atA + whole * 4L, inside)
                        .add(Lanes.load(b.memory(), atB + whole * 4L, inside));
                Lanes.store(sum, out.memory(), atOut + whole * 4L, inside);
            }
        }
    }

    /** out = a · b. */
    public static void multiply(Matrix a, Matrix b, Matrix out, int width, int from, int to) {
        for (int row = from; row < to; row++) {
            long atA = a.at(row);
            long atB = b.at(row);
            long atOut = out.at(row);
            int whole = Lanes.whole(width);
            for (int i = 0; i < whole; i += L) {
                FloatVector product = Lanes.load(a.memory(), atA + i * 4L).mul(Lanes.load(b.memory(), atB + i * 4L));
                Lanes.store(product, out.memory(), atOut + i * 4L);
            }
            if (whole < width) {
                VectorMask<Float> inside = Lanes.FLOAT.indexInRange(whole, width);
                FloatVector product = Lanes.load(a.memory(), atA + whole * 4L, inside)
                        .mul(Lanes.load(b.memory(), atB + whole * 4L, inside));
                Lanes.store(product, out.memory(), atOut + whole * 4L, inside);
            }
        }
    }

    /** out = x · factor. */
    public static void scale(Matrix x, float factor, Matrix out, int width, int from, int to) {
        for (int row = from; row < to; row++) {
            long in = x.at(row);
            long atOut = out.at(row);
            for (int i = 0; i < width; i += L) {
                VectorMask<Float> inside = Lanes.FLOAT.indexInRange(i, width);
                FloatVector y = Lanes.load(x.memory(), in + i * 4L, inside).mul(factor);
                Lanes.store(y, out.memory(), atOut + i * 4L, inside);
            }
        }
    }

    /** out = cap · tanh(x / cap). */
    public static void softCap(Matrix x, float cap, Matrix out, int width, int from, int to) {
        for (int row = from; row < to; row++) {
            long in = x.at(row);
            long atOut = out.at(row);
            for (int i = 0; i < width; i += L) {
                VectorMask<Float> inside = Lanes.FLOAT.indexInRange(i, width);
                FloatVector y = Tanh.of(
                                Lanes.load(x.memory(), in + i * 4L, inside).div(cap))
                        .mul(cap);
                Lanes.store(y, out.memory(), atOut + i * 4L, inside);
            }
        }
    }

    /** out = x, for slices and copies between buffers. */
    public static void copy(Matrix x, Matrix out, int width, int from, int to) {
        for (int row = from; row < to; row++) {
            copy(x, x.at(row), out, out.at(row), width);
        }
    }

    /** out[r] = x[rows[r]]. */
    public static void gather(Matrix x, int[] rows, Matrix out, int width, int from, int to) {
        for (int row = from; row < to; row++) {
            copy(x, x.at(rows[row]), out, out.at(row), width);
        }
    }

    static void copy(Matrix x, long from, Matrix out, long to, int count) {
        MemorySegment.copy(x.memory(), from, out.memory(), to, count * 4L);
    }
}
