package dev.quire.backends.cpu.elementwise;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.quire.api.program.Activation;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * out = act(x) on rows {@code from} to {@code to − 1}, and out = act(gate) · up for gated MLPs (Shazeer 2020). One loop per function, which calls the
 * vector API itself: once a method has grown by some 8,000 bytecodes of inlined code, the compiler inlines no other calls, and a vector that
 * crosses a call lands on the heap. For the same reason the functions take their exp first. The output may be an input.
 */
public final class Activate {
    private static final int L = Lanes.COUNT;

    private Activate() {}

    /** out = act(gate) · up. {@code out} may be {@code gate}, not {@code up}. */
    public static void gated(Activation act, Matrix gate, Matrix up, Matrix out, int width, int from, int to) {
        for (int row = from; row < to; row++) {
            rows(act, gate, out, width, row, row + 1);
            Pointwise.multiply(out, up, out, width, row, row + 1);
        }
    }

    /** out = act(x). */
    public static void rows(Activation act, Matrix x, Matrix out, int width, int from, int to) {
        for (int row = from; row < to; row++) {
            MemorySegment in = x.memory();
            MemorySegment y = out.memory();
            switch (act) {
                case SILU -> silu(in, x.at(row), y, out.at(row), width);
                case GELU -> gelu(in, x.at(row), y, out.at(row), width);
                case GELU_TANH -> geluTanh(in, x.at(row), y, out.at(row), width);
                case QUICK_GELU -> quickGelu(in, x.at(row), y, out.at(row), width);
                case RELU -> relu(in, x.at(row), y, out.at(row), width);
                case RELU_SQUARED -> reluSquared(in, x.at(row), y, out.at(row), width);
                case TANH -> tanh(in, x.at(row), y, out.at(row), width);
                case SIGMOID -> sigmoid(in, x.at(row), y, out.at(row), width);
            }
        }
    }

    private static void silu(MemorySegment x, long in, MemorySegment out, long to, int n) {
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> inside = Lanes.FLOAT.indexInRange(i, n);
            FloatVector v = FloatVector.fromMemorySegment(Lanes.FLOAT, x, in + i * 4L, LITTLE_ENDIAN, inside);
            Curves.silu(v).intoMemorySegment(out, to + i * 4L, LITTLE_ENDIAN, inside);
        }
    }

    private static void gelu(MemorySegment x, long in, MemorySegment out, long to, int n) {
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> inside = Lanes.FLOAT.indexInRange(i, n);
            FloatVector v = FloatVector.fromMemorySegment(Lanes.FLOAT, x, in + i * 4L, LITTLE_ENDIAN, inside);
            Curves.gelu(v).intoMemorySegment(out, to + i * 4L, LITTLE_ENDIAN, inside);
        }
    }

    private static void geluTanh(MemorySegment x, long in, MemorySegment out, long to, int n) {
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> inside = Lanes.FLOAT.indexInRange(i, n);
            FloatVector v = FloatVector.fromMemorySegment(Lanes.FLOAT, x, in + i * 4L, LITTLE_ENDIAN, inside);
            Curves.geluTanh(v).intoMemorySegment(out, to + i * 4L, LITTLE_ENDIAN, inside);
        }
    }

    private static void quickGelu(MemorySegment x, long in, MemorySegment out, long to, int n) {
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> inside = Lanes.FLOAT.indexInRange(i, n);
            FloatVector v = FloatVector.fromMemorySegment(Lanes.FLOAT, x, in + i * 4L, LITTLE_ENDIAN, inside);
            Curves.quickGelu(v).intoMemorySegment(out, to + i * 4L, LITTLE_ENDIAN, inside);
        }
    }

    private static void relu(MemorySegment x, long in, MemorySegment out, long to, int n) {
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> inside = Lanes.FLOAT.indexInRange(i, n);
            FloatVector v = FloatVector.fromMemorySegment(Lanes.FLOAT, x, in + i * 4L, LITTLE_ENDIAN, inside);
            Curves.relu(v).intoMemorySegment(out, to + i * 4L, LITTLE_ENDIAN, inside);
        }
    }

    private static void reluSquared(MemorySegment x, long in, MemorySegment out, long to, int n) {
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> inside = Lanes.FLOAT.indexInRange(i, n);
            FloatVector v = FloatVector.fromMemorySegment(Lanes.FLOAT, x, in + i * 4L, LITTLE_ENDIAN, inside);
            Curves.reluSquared(v).intoMemorySegment(out, to + i * 4L, LITTLE_ENDIAN, inside);
        }
    }

    private static void tanh(MemorySegment x, long in, MemorySegment out, long to, int n) {
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> inside = Lanes.FLOAT.indexInRange(i, n);
            FloatVector v = FloatVector.fromMemorySegment(Lanes.FLOAT, x, in + i * 4L, LITTLE_ENDIAN, inside);
            Tanh.of(v).intoMemorySegment(out, to + i * 4L, LITTLE_ENDIAN, inside);
        }
    }

    private static void sigmoid(MemorySegment x, long in, MemorySegment out, long to, int n) {
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> inside = Lanes.FLOAT.indexInRange(i, n);
            FloatVector v = FloatVector.fromMemorySegment(Lanes.FLOAT, x, in + i * 4L, LITTLE_ENDIAN, inside);
            Curves.sigmoid(v).intoMemorySegment(out, to + i * 4L, LITTLE_ENDIAN, inside);
        }
    }
}
