package dev.quire.backends.cpu.linear;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Adds a layer's bias to its outputs. */
final class Bias {
    private Bias() {}

    /**
     * y[r, c] += bias[first + c] for {@code rows} rows of {@code columns} values, the first at byte {@code y0}.
     *
     * @param stride values from one row of y to the next
     */
    static void add(MemorySegment bias, int first, int columns, int rows, MemorySegment y, long y0, int stride) {
        for (int row = 0; row < rows; row++) {
            long at = y0 + 4L * row * stride;
            int c = 0;
            for (; c <= columns - Lanes.COUNT; c += Lanes.COUNT) {
                FloatVector b = FloatVector.fromMemorySegment(Lanes.FLOATS, bias, 4L * (first + c), Lanes.ORDER);
                FloatVector.fromMemorySegment(Lanes.FLOATS, y, at + 4L * c, Lanes.ORDER)
                        .add(b)
                        .intoMemorySegment(y, at + 4L * c, Lanes.ORDER);
            }
            for (; c < columns; c++) {
                float sum = y.get(JAVA_FLOAT, at + 4L * c) + bias.get(JAVA_FLOAT, 4L * (first + c));
                y.set(JAVA_FLOAT, at + 4L * c, sum);
            }
        }
    }
}
