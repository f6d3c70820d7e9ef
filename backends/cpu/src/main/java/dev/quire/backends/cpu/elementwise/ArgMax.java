package dev.quire.backends.cpu.elementwise;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** The index of a row's largest element: the lowest one on ties, NaN never, 0 if there is nothing but NaN. */
public final class ArgMax {
    private ArgMax() {}

    /** Largest element of row {@code row}'s first {@code n}. */
    public static int of(Matrix x, int row, int n) {
        float top = max(x, row, n);
        long at = x.at(row);
        FloatVector wanted = FloatVector.broadcast(Lanes.FLOAT, top);
        for (int i = 0; i < n; i += Lanes.COUNT) {
            VectorMask<Float> inside = Lanes.FLOAT.indexInRange(i, n);
            VectorMask<Float> hit = FloatVector.fromMemorySegment(
                            Lanes.FLOAT, x.memory(), at + i * 4L, LITTLE_ENDIAN, inside)
                    .compare(EQ, wanted)
                    .and(inside);
            if (hit.anyTrue()) {
                return i + hit.firstTrue();
            }
        }
        return 0;
    }

    private static float max(Matrix x, int row, int n) {
        long at = x.at(row);
        FloatVector best = FloatVector.broadcast(Lanes.FLOAT, Float.NEGATIVE_INFINITY);
        for (int i = 0; i < n; i += Lanes.COUNT) {
            VectorMask<Float> inside = Lanes.FLOAT.indexInRange(i, n);
            FloatVector v = FloatVector.fromMemorySegment(Lanes.FLOAT, x.memory(), at + i * 4L, LITTLE_ENDIAN, inside);
            best = best.blend(v, v.compare(GT, best).and(inside));
        }
        float top = Float.NEGATIVE_INFINITY;
        for (int lane = 0; lane < Lanes.COUNT; lane++) {
            top = best.lane(lane) > top ? best.lane(lane) : top;
        }
        return top;
    }
}
