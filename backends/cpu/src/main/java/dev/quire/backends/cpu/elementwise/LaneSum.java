package dev.quire.backends.cpu.elementwise;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Sums in the canonical order: 32 partial sums, partial i takes elements i, i + 32, … in order from +0, and the partials fold by xor 16, 8,
 * 4, 2, 1. Elements past the end count as +0.
 */
final class LaneSum {
    private static final int PARTIALS = 32;
    private static final VectorShuffle<Float> XOR_1 = xor(1);
    private static final VectorShuffle<Float> XOR_2 = xor(2);
    private static final VectorShuffle<Float> XOR_4 = xor(Math.min(4, Lanes.COUNT / 2));
    private static final VectorShuffle<Float> XOR_8 = xor(Math.min(8, Lanes.COUNT / 2));

    private LaneSum() {}

    private static VectorShuffle<Float> xor(int bit) {
        return VectorShuffle.fromOp(Lanes.FLOAT, lane -> lane ^ bit);
    }

    /** Sum of {@code n} floats at a byte offset. */
    static float of(MemorySegment x, long at, int n) {
        if (Lanes.COUNT == 16) {
            return fold(sums(x, at, n, 0).add(sums(x, at, n, 16)));
        }
        FloatVector first = sums(x, at, n, 0).add(sums(x, at, n, 16));
        FloatVector second = sums(x, at, n, 8).add(sums(x, at, n, 24));
        if (Lanes.COUNT == 8) {
            return fold(first.add(second));
        }
        FloatVector third = sums(x, at, n, 4).add(sums(x, at, n, 20));
        FloatVector fourth = sums(x, at, n, 12).add(sums(x, at, n, 28));
        return fold(first.add(second).add(third.add(fourth)));
    }

    /** Sum of (x − shift)² over {@code n} floats at a byte offset; each difference and each square is rounded. */
    static float squares(MemorySegment x, long at, int n, float shift) {
        if (Lanes.COUNT == 16) {
            return fold(squares(x, at, n, shift, 0).add(squares(x, at, n, shift, 16)));
        }
        FloatVector first = squares(x, at, n, shift, 0).add(squares(x, at, n, shift, 16));
        FloatVector second = squares(x, at, n, shift, 8).add(squares(x, at, n, shift, 24));
        if (Lanes.COUNT == 8) {
            return fold(first.add(second));
        }
        FloatVector third = squares(x, at, n, shift, 4).add(squares(x, at, n, shift, 20));
        FloatVector fourth = squares(x, at, n, shift, 12).add(squares(x, at, n, shift, 28));
        return fold(first.add(second).add(third.add(fourth)));
    }

    private static FloatVector sums(MemorySegment x, long at, int n, int first) {
        FloatVector sum = FloatVector.zero(Lanes.FLOAT);
        int i = first;
        for (; i + Lanes.COUNT <= n; i += PARTIALS) {
            sum = sum.add(Lanes.load(x, at + i * 4L));
        }
        if (i < n) {
            sum = sum.add(Lanes.load(x, at + i * 4L, Lanes.FLOAT.indexInRange(i, n)));
        }
        return sum;
    }

    private static FloatVector squares(MemorySegment x, long at, int n, float shift, int first) {
        FloatVector sum = FloatVector.zero(Lanes.FLOAT);
        int i = first;
        for (; i + Lanes.COUNT <= n; i += PARTIALS) {
            FloatVector d = Lanes.load(x, at + i * 4L).sub(shift);
            sum = sum.add(d.mul(d));
        }
        if (i < n) {
            VectorMask<Float> inside = Lanes.FLOAT.indexInRange(i, n);
            FloatVector d = Lanes.load(x, at + i * 4L, inside).sub(shift);
            sum = sum.add(d.mul(d).blend(0f, inside.not()));
        }
        return sum;
    }

    private static float fold(FloatVector v) {
        FloatVector sum = v;
        if (Lanes.COUNT >= 16) {
            sum = sum.add(sum.rearrange(XOR_8));
        }
        if (Lanes.COUNT >= 8) {
            sum = sum.add(sum.rearrange(XOR_4));
        }
        sum = sum.add(sum.rearrange(XOR_2));
        sum = sum.add(sum.rearrange(XOR_1));
        return sum.lane(0);
    }
}
