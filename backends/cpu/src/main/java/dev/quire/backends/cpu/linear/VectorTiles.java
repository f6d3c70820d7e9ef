package dev.quire.backends.cpu.linear;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The innermost loops of {@link VectorKernel}: two rows of x, in registers, against one group of columns of one panel. At most
 * eight sums, and none handed to another method, since the compiler would put vectors on the heap. Reads each weight once and x by
 * broadcast; writes the sums to {@code tile}, [2][64]. One row alone runs as both, which streams its weights
 * twice as fast as a loop over one row.
 */
final class VectorTiles {
    private static final int UPPER = 0xffff0000;

    private VectorTiles() {}

    static void f32(MemorySegment xs, long x0, long x1, int width, MemorySegment w, long panel, float[] tile) {
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
            FloatVector p = FloatVector.broadcast(Lanes.FLOATS, xs.get(JAVA_FLOAT, x0 + 4L * k));
            FloatVector q = FloatVector.broadcast(Lanes.FLOATS, xs.get(JAVA_FLOAT, x1 + 4L * k));
            FloatVector w0 = FloatVector.fromMemorySegment(Lanes.FLOATS, w, at, Lanes.ORDER);
            FloatVector w1 = FloatVector.fromMemorySegment(Lanes.FLOATS, w, at + Lanes.BYTES, Lanes.ORDER);
            FloatVector w2 = FloatVector.fromMemorySegment(Lanes.FLOATS, w, at + 2 * Lanes.BYTES, Lanes.ORDER);
            FloatVector w3 = FloatVector.fromMemorySegment(Lanes.FLOATS, w, at + 3 * Lanes.BYTES, Lanes.ORDER);
            a0 = w0.fma(p, a0);
            a1 = w1.fma(p, a1);
            a2 = w2.fma(p, a2);
            a3 = w3.fma(p, a3);
            b0 = w0.fma(q, b0);
            b1 = w1.fma(q, b1);
            b2 = w2.fma(q, b2);
            b3 = w3.fma(q, b3);
        }
        a0.intoArray(tile, 0);
        a1.intoArray(tile, Lanes.COUNT);
        a2.intoArray(tile, 2 * Lanes.COUNT);
        a3.intoArray(tile, 3 * Lanes.COUNT);
        b0.intoArray(tile, Panels.WIDTH);
        b1.intoArray(tile, Panels.WIDTH + Lanes.COUNT);
        b2.intoArray(tile, Panels.WIDTH + 2 * Lanes.COUNT);
        b3.intoArray(tile, Panels.WIDTH + 3 * Lanes.COUNT);
    }

    static void bf16(MemorySegment xs, long x0, long x1, int width, MemorySegment w, long panel, float[] tile) {
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
            FloatVector p0 = FloatVector.broadcast(Lanes.FLOATS, xs.get(JAVA_FLOAT, x0 + 4L * k));
            FloatVector p1 = FloatVector.broadcast(Lanes.FLOATS, xs.get(JAVA_FLOAT, x0 + 4L * k + 4));
            FloatVector q0 = FloatVector.broadcast(Lanes.FLOATS, xs.get(JAVA_FLOAT, x1 + 4L * k));
            FloatVector q1 = FloatVector.broadcast(Lanes.FLOATS, xs.get(JAVA_FLOAT, x1 + 4L * k + 4));
            IntVector w0 = IntVector.fromMemorySegment(Lanes.INTS, w, at, Lanes.ORDER);
            IntVector w1 = IntVector.fromMemorySegment(Lanes.INTS, w, at + Lanes.BYTES, Lanes.ORDER);
            IntVector w2 = IntVector.fromMemorySegment(Lanes.INTS, w, at + 2 * Lanes.BYTES, Lanes.ORDER);
            IntVector w3 = IntVector.fromMemorySegment(Lanes.INTS, w, at + 3 * Lanes.BYTES, Lanes.ORDER);
            FloatVector l0 = w0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
            a0 = l0.fma(p0, a0);
            b0 = l0.fma(q0, b0);
            FloatVector l1 = w1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
            a1 = l1.fma(p0, a1);
            b1 = l1.fma(q0, b1);
            FloatVector l2 = w2.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
            a2 = l2.fma(p0, a2);
            b2 = l2.fma(q0, b2);
            FloatVector l3 = w3.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
            a3 = l3.fma(p0, a3);
            b3 = l3.fma(q0, b3);
            FloatVector u0 = w0.and(UPPER).reinterpretAsFloats();
            a0 = u0.fma(p1, a0);
            b0 = u0.fma(q1, b0);
            FloatVector u1 = w1.and(UPPER).reinterpretAsFloats();
            a1 = u1.fma(p1, a1);
            b1 = u1.fma(q1, b1);
            FloatVector u2 = w2.and(UPPER).reinterpretAsFloats();
            a2 = u2.fma(p1, a2);
            b2 = u2.fma(q1, b2);
            FloatVector u3 = w3.and(UPPER).reinterpretAsFloats();
            a3 = u3.fma(p1, a3);
            b3 = u3.fma(q1, b3);
        }
        a0.intoArray(tile, 0);
        a1.intoArray(tile, Lanes.COUNT);
        a2.intoArray(tile, 2 * Lanes.COUNT);
        a3.intoArray(tile, 3 * Lanes.COUNT);
        b0.intoArray(tile, Panels.WIDTH);
        b1.intoArray(tile, Panels.WIDTH + Lanes.COUNT);
        b2.intoArray(tile, Panels.WIDTH + 2 * Lanes.COUNT);
        b3.intoArray(tile, Panels.WIDTH + 3 * Lanes.COUNT);
    }
}
