package dev.quire.backends.cpu.linear;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * The innermost loops of {@link VectorKernel}: one or two rows of x, in registers, against one group of columns of one panel. At most
 * eight sums, since the compiler puts the vectors of larger tiles on the heap. Reads each weight once and x by broadcast.
 */
final class VectorTiles {
    private VectorTiles() {}

    static void oneF32(DenseKernel.Block block, int width, long x, long panel, long y, int stored) {
        MemorySegment xs = block.x();
        MemorySegment w = block.weights();
        FloatVector a0 = FloatVector.zero(Lanes.FLOATS);
        FloatVector a1 = FloatVector.zero(Lanes.FLOATS);
        FloatVector a2 = FloatVector.zero(Lanes.FLOATS);
        FloatVector a3 = FloatVector.zero(Lanes.FLOATS);
        for (int k = 0; k < width; k++) {
            long at = panel + 4L * Panels.WIDTH * k;
            float p = xs.get(JAVA_FLOAT, x + 4L * k);
            FloatVector w0 = FloatVector.fromMemorySegment(Lanes.FLOATS, w, at, Lanes.ORDER);
            FloatVector w1 = FloatVector.fromMemorySegment(Lanes.FLOATS, w, at + Lanes.BYTES, Lanes.ORDER);
            FloatVector w2 = FloatVector.fromMemorySegment(Lanes.FLOATS, w, at + 2 * Lanes.BYTES, Lanes.ORDER);
            FloatVector w3 = FloatVector.fromMemorySegment(Lanes.FLOATS, w, at + 3 * Lanes.BYTES, Lanes.ORDER);
            a0 = w0.fma(FloatVector.broadcast(Lanes.FLOATS, p), a0);
            a1 = w1.fma(FloatVector.broadcast(Lanes.FLOATS, p), a1);
            a2 = w2.fma(FloatVector.broadcast(Lanes.FLOATS, p), a2);
            a3 = w3.fma(FloatVector.broadcast(Lanes.FLOATS, p), a3);
        }
        store(block.y(), y, stored, a0, a1, a2, a3);
    }

    static void twoF32(DenseKernel.Block block, int width, long x, long panel, long y, int stored) {
        MemorySegment xs = block.x();
        MemorySegment w = block.weights();
        FloatVector a0 = FloatVector.zero(Lanes.FLOATS);
        FloatVector a1 = FloatVector.zero(Lanes.FLOATS);
        FloatVector a2 = FloatVector.zero(Lanes.FLOATS);
        FloatVector a3 = FloatVector.zero(Lanes.FLOATS);
        FloatVector b0 = FloatVector.zero(Lanes.FLOATS);
        FloatVector b1 = FloatVector.zero(Lanes.FLOATS);
        FloatVector b2 = FloatVector.zero(Lanes.FLOATS);
        FloatVector b3 = FloatVector.zero(Lanes.FLOATS);
        for (int k = 0; k < width; k++) {
            long at = panel + 4L * Panels.WIDTH * k;
            float p = xs.get(JAVA_FLOAT, x + 4L * k);
            float q = xs.get(JAVA_FLOAT, x + 4L * (width + k));
            FloatVector w0 = FloatVector.fromMemorySegment(Lanes.FLOATS, w, at, Lanes.ORDER);
            FloatVector w1 = FloatVector.fromMemorySegment(Lanes.FLOATS, w, at + Lanes.BYTES, Lanes.ORDER);
            FloatVector w2 = FloatVector.fromMemorySegment(Lanes.FLOATS, w, at + 2 * Lanes.BYTES, Lanes.ORDER);
            FloatVector w3 = FloatVector.fromMemorySegment(Lanes.FLOATS, w, at + 3 * Lanes.BYTES, Lanes.ORDER);
            a0 = w0.fma(FloatVector.broadcast(Lanes.FLOATS, p), a0);
            a1 = w1.fma(FloatVector.broadcast(Lanes.FLOATS, p), a1);
            a2 = w2.fma(FloatVector.broadcast(Lanes.FLOATS, p), a2);
            a3 = w3.fma(FloatVector.broadcast(Lanes.FLOATS, p), a3);
            b0 = w0.fma(FloatVector.broadcast(Lanes.FLOATS, q), b0);
            b1 = w1.fma(FloatVector.broadcast(Lanes.FLOATS, q), b1);
            b2 = w2.fma(FloatVector.broadcast(Lanes.FLOATS, q), b2);
            b3 = w3.fma(FloatVector.broadcast(Lanes.FLOATS, q), b3);
        }
        store(block.y(), y, stored, a0, a1, a2, a3);
        store(block.y(), y + 4L * block.yStride(), stored, b0, b1, b2, b3);
    }

    static void oneBf16(DenseKernel.Block block, int width, long x, long panel, long y, int stored) {
        MemorySegment xs = block.x();
        MemorySegment w = block.weights();
        FloatVector a0 = FloatVector.zero(Lanes.FLOATS);
        FloatVector a1 = FloatVector.zero(Lanes.FLOATS);
        FloatVector a2 = FloatVector.zero(Lanes.FLOATS);
        FloatVector a3 = FloatVector.zero(Lanes.FLOATS);
        for (int k = 0; k < width; k += 2) {
            long at = panel + 2L * Panels.WIDTH * k;
            float p0 = xs.get(JAVA_FLOAT, x + 4L * k);
            float p1 = xs.get(JAVA_FLOAT, x + 4L * k + 4);
            IntVector w0 = IntVector.fromMemorySegment(Lanes.INTS, w, at, Lanes.ORDER);
            IntVector w1 = IntVector.fromMemorySegment(Lanes.INTS, w, at + Lanes.BYTES, Lanes.ORDER);
            IntVector w2 = IntVector.fromMemorySegment(Lanes.INTS, w, at + 2 * Lanes.BYTES, Lanes.ORDER);
            IntVector w3 = IntVector.fromMemorySegment(Lanes.INTS, w, at + 3 * Lanes.BYTES, Lanes.ORDER);
            a0 = Lanes.low(w0).fma(FloatVector.broadcast(Lanes.FLOATS, p0), a0);
            a1 = Lanes.low(w1).fma(FloatVector.broadcast(Lanes.FLOATS, p0), a1);
            a2 = Lanes.low(w2).fma(FloatVector.broadcast(Lanes.FLOATS, p0), a2);
            a3 = Lanes.low(w3).fma(FloatVector.broadcast(Lanes.FLOATS, p0), a3);
            a0 = Lanes.high(w0).fma(FloatVector.broadcast(Lanes.FLOATS, p1), a0);
            a1 = Lanes.high(w1).fma(FloatVector.broadcast(Lanes.FLOATS, p1), a1);
            a2 = Lanes.high(w2).fma(FloatVector.broadcast(Lanes.FLOATS, p1), a2);
            a3 = Lanes.high(w3).fma(FloatVector.broadcast(Lanes.FLOATS, p1), a3);
        }
        store(block.y(), y, stored, a0, a1, a2, a3);
    }

    static void twoBf16(DenseKernel.Block block, int width, long x, long panel, long y, int stored) {
        MemorySegment xs = block.x();
        MemorySegment w = block.weights();
        FloatVector a0 = FloatVector.zero(Lanes.FLOATS);
        FloatVector a1 = FloatVector.zero(Lanes.FLOATS);
        FloatVector a2 = FloatVector.zero(Lanes.FLOATS);
        FloatVector a3 = FloatVector.zero(Lanes.FLOATS);
        FloatVector b0 = FloatVector.zero(Lanes.FLOATS);
        FloatVector b1 = FloatVector.zero(Lanes.FLOATS);
        FloatVector b2 = FloatVector.zero(Lanes.FLOATS);
        FloatVector b3 = FloatVector.zero(Lanes.FLOATS);
        for (int k = 0; k < width; k += 2) {
            long at = panel + 2L * Panels.WIDTH * k;
            float p0 = xs.get(JAVA_FLOAT, x + 4L * k);
            float p1 = xs.get(JAVA_FLOAT, x + 4L * k + 4);
            float q0 = xs.get(JAVA_FLOAT, x + 4L * (width + k));
            float q1 = xs.get(JAVA_FLOAT, x + 4L * (width + k) + 4);
            IntVector w0 = IntVector.fromMemorySegment(Lanes.INTS, w, at, Lanes.ORDER);
            IntVector w1 = IntVector.fromMemorySegment(Lanes.INTS, w, at + Lanes.BYTES, Lanes.ORDER);
            IntVector w2 = IntVector.fromMemorySegment(Lanes.INTS, w, at + 2 * Lanes.BYTES, Lanes.ORDER);
            IntVector w3 = IntVector.fromMemorySegment(Lanes.INTS, w, at + 3 * Lanes.BYTES, Lanes.ORDER);
            a0 = Lanes.low(w0).fma(FloatVector.broadcast(Lanes.FLOATS, p0), a0);
            b0 = Lanes.low(w0).fma(FloatVector.broadcast(Lanes.FLOATS, q0), b0);
            a1 = Lanes.low(w1).fma(FloatVector.broadcast(Lanes.FLOATS, p0), a1);
            b1 = Lanes.low(w1).fma(FloatVector.broadcast(Lanes.FLOATS, q0), b1);
            a2 = Lanes.low(w2).fma(FloatVector.broadcast(Lanes.FLOATS, p0), a2);
            b2 = Lanes.low(w2).fma(FloatVector.broadcast(Lanes.FLOATS, q0), b2);
            a3 = Lanes.low(w3).fma(FloatVector.broadcast(Lanes.FLOATS, p0), a3);
            b3 = Lanes.low(w3).fma(FloatVector.broadcast(Lanes.FLOATS, q0), b3);
            a0 = Lanes.high(w0).fma(FloatVector.broadcast(Lanes.FLOATS, p1), a0);
            b0 = Lanes.high(w0).fma(FloatVector.broadcast(Lanes.FLOATS, q1), b0);
            a1 = Lanes.high(w1).fma(FloatVector.broadcast(Lanes.FLOATS, p1), a1);
            b1 = Lanes.high(w1).fma(FloatVector.broadcast(Lanes.FLOATS, q1), b1);
            a2 = Lanes.high(w2).fma(FloatVector.broadcast(Lanes.FLOATS, p1), a2);
            b2 = Lanes.high(w2).fma(FloatVector.broadcast(Lanes.FLOATS, q1), b2);
            a3 = Lanes.high(w3).fma(FloatVector.broadcast(Lanes.FLOATS, p1), a3);
            b3 = Lanes.high(w3).fma(FloatVector.broadcast(Lanes.FLOATS, q1), b3);
        }
        store(block.y(), y, stored, a0, a1, a2, a3);
        store(block.y(), y + 4L * block.yStride(), stored, b0, b1, b2, b3);
    }

    private static void store(
            MemorySegment y, long at, int stored, FloatVector v0, FloatVector v1, FloatVector v2, FloatVector v3) {
        if (stored == Lanes.GROUP) {
            v0.intoMemorySegment(y, at, Lanes.ORDER);
            v1.intoMemorySegment(y, at + Lanes.BYTES, Lanes.ORDER);
            v2.intoMemorySegment(y, at + 2 * Lanes.BYTES, Lanes.ORDER);
            v3.intoMemorySegment(y, at + 3 * Lanes.BYTES, Lanes.ORDER);
            return;
        }
        float[] group = new float[Lanes.GROUP];
        v0.intoArray(group, 0);
        v1.intoArray(group, Lanes.COUNT);
        v2.intoArray(group, 2 * Lanes.COUNT);
        v3.intoArray(group, 3 * Lanes.COUNT);
        MemorySegment.copy(group, 0, y, JAVA_FLOAT, at, stored);
    }
}
