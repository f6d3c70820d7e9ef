package dev.quire.backends.cpu.elementwise;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

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
            int i = 0;
            for (; i < Lanes.whole(width); i += L) {
                FloatVector x = FloatVector.fromMemorySegment(Lanes.FLOAT, a.memory(), atA + i * 4L, LITTLE_ENDIAN);
                FloatVector y = FloatVector.fromMemorySegment(Lanes.FLOAT, b.memory(), atB + i * 4L, LITTLE_ENDIAN);
                x.add(y).intoMemorySegment(out.memory(), atOut + i * 4L, LITTLE_ENDIAN);
            }
            for (; i < width; i++) {
                Matrix.put(out, atOut + i * 4L, Matrix.take(a, atA + i * 4L) + Matrix.take(b, atB + i * 4L));
            }
        }
    }

    /** out = a · b. */
    public static void multiply(Matrix a, Matrix b, Matrix out, int width, int from, int to) {
        for (int row = from; row < to; row++) {
            long atA = a.at(row);
            long atB = b.at(row);
            long atOut = out.at(row);
            int i = 0;
            for (; i < Lanes.whole(width); i += L) {
                FloatVector x = FloatVector.fromMemorySegment(Lanes.FLOAT, a.memory(), atA + i * 4L, LITTLE_ENDIAN);
                FloatVector y = FloatVector.fromMemorySegment(Lanes.FLOAT, b.memory(), atB + i * 4L, LITTLE_ENDIAN);
                x.mul(y).intoMemorySegment(out.memory(), atOut + i * 4L, LITTLE_ENDIAN);
            }
            for (; i < width; i++) {
                Matrix.put(out, atOut + i * 4L, Matrix.take(a, atA + i * 4L) * Matrix.take(b, atB + i * 4L));
            }
        }
    }

    /** out = x · factor. */
    public static void scale(Matrix x, float factor, Matrix out, int width, int from, int to) {
        for (int row = from; row < to; row++) {
            long in = x.at(row);
            long atOut = out.at(row);
            int i = 0;
            for (; i < Lanes.whole(width); i += L) {
                FloatVector.fromMemorySegment(Lanes.FLOAT, x.memory(), in + i * 4L, LITTLE_ENDIAN)
                        .mul(factor)
                        .intoMemorySegment(out.memory(), atOut + i * 4L, LITTLE_ENDIAN);
            }
            for (; i < width; i++) {
                Matrix.put(out, atOut + i * 4L, Matrix.take(x, in + i * 4L) * factor);
            }
        }
    }

    /** out = cap · tanh(x / cap). */
    public static void softCap(Matrix x, float cap, Matrix out, int width, int from, int to) {
        MemorySegment source = x.memory();
        MemorySegment target = out.memory();
        for (int row = from; row < to; row++) {
            long in = x.at(row);
            long atOut = out.at(row);
            for (int i = 0; i < width; i += L) {
                VectorMask<Float> inside = Lanes.FLOAT.indexInRange(i, width);
                FloatVector v = FloatVector.fromMemorySegment(Lanes.FLOAT, source, in + i * 4L, LITTLE_ENDIAN, inside);
                Tanh.of(v.div(cap)).mul(cap).intoMemorySegment(target, atOut + i * 4L, LITTLE_ENDIAN, inside);
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
