package dev.quire.backends.cpu.elementwise;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;

/**
 * Sums in the canonical order: 32 partial sums, partial i takes elements i, i + 32, … in order from +0, and the partials fold by xor 16, 8,
 * 4, 2, 1. One instance per thread: it holds the partials.
 */
public final class LaneSum {
    private static final int PARTIALS = 32;
    private static final int L = Lanes.COUNT;

    private final float[] partials = new float[PARTIALS];

    /** Sum of {@code n} floats at a byte offset. */
    public float of(MemorySegment x, long at, int n) {
        for (int first = 0; first < PARTIALS; first += L) {
            FloatVector sum = FloatVector.zero(Lanes.FLOAT);
            for (int i = first; i + L <= n; i += PARTIALS) {
                sum = sum.add(FloatVector.fromMemorySegment(Lanes.FLOAT, x, at + i * 4L, LITTLE_ENDIAN));
            }
            sum.intoArray(partials, first);
        }
        for (int i = Lanes.whole(n); i < n; i++) {
            partials[i % PARTIALS] = partials[i % PARTIALS] + x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at + i * 4L);
        }
        return fold();
    }

    /** Sum of (x − shift)² over {@code n} floats at a byte offset; each difference and each square is rounded. */
    float squares(MemorySegment x, long at, int n, float shift) {
        for (int first = 0; first < PARTIALS; first += L) {
            FloatVector sum = FloatVector.zero(Lanes.FLOAT);
            for (int i = first; i + L <= n; i += PARTIALS) {
                FloatVector d = FloatVector.fromMemorySegment(Lanes.FLOAT, x, at + i * 4L, LITTLE_ENDIAN)
                        .sub(shift);
                sum = sum.add(d.mul(d));
            }
            sum.intoArray(partials, first);
        }
        for (int i = Lanes.whole(n); i < n; i++) {
            float d = x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at + i * 4L) - shift;
            partials[i % PARTIALS] = partials[i % PARTIALS] + d * d;
        }
        return fold();
    }

    private float fold() {
        for (int half = PARTIALS / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                partials[i] = partials[i] + partials[i + half];
            }
        }
        return partials[0];
    }
}
