package dev.quire.backends.cpu.attention;

import static jdk.incubator.vector.VectorOperators.GT;

import dev.quire.backends.cpu.elementwise.Exp;
import dev.quire.backends.cpu.elementwise.Lanes;
import dev.quire.backends.cpu.elementwise.Tanh;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * The softmax of one row over one segment: m is the largest visible score, p = exp(s − m), rounded to bf16 where values are bf16, and l their
 * sum as 32 partials (partial i takes tokens i, i + 32, … of the segment) folded by xor 16, 8, 4, 2, 1. One exp per loop, and a comparison
 * with a blend in place of a maximum: the compiler keeps those in registers.
 */
final class SegmentSoftmax {
    private static final int L = Lanes.COUNT;
    private static final int PARTIALS = 32;

    private final float[] lanes = new float[PARTIALS];

    private float max;
    private float sum;

    /** The largest visible score of the last row. */
    float max() {
        return max;
    }

    /** The sum of the last row's weights. */
    float sum() {
        return sum;
    }

    /**
     * Turns scores into weights in place, for tokens {@code from} to {@code to − 1} of the segment; at least one.
     *
     * @param s scores of the row from {@code at}
     * @param rounded whether weights are rounded to bf16
     */
    void weigh(float[] s, int at, int from, int to, boolean rounded) {
        int first = from & -PARTIALS;
        int end = (to + PARTIALS - 1) & -PARTIALS;
        Arrays.fill(s, at + first, at + from, Float.NEGATIVE_INFINITY);
        Arrays.fill(s, at + to, at + end, Float.NEGATIVE_INFINITY);
        max = max(s, at + first, at + end);
        Exp.weights(s, at + first, at + end, max, rounded);
        // With no finite score the difference above is NaN, also where nothing is visible.
        Arrays.fill(s, at + first, at + from, 0f);
        Arrays.fill(s, at + to, at + end, 0f);
        sum = sum(s, at + first, at + end);
    }

    /** s becomes cap · tanh(s / cap) from {@code from} to {@code to − 1}; tokens up to the next whole vector are touched too. */
    static void cap(float[] s, int from, int to, float cap) {
        for (int i = from; i < to; i += L) {
            Tanh.of(FloatVector.fromArray(Lanes.FLOAT, s, i).div(cap)).mul(cap).intoArray(s, i);
        }
    }

    /** s_j becomes s_j + slope · (j − i), where {@code distance} is j − i of the first token. */
    static void bias(float[] s, int from, int to, float slope, int distance) {
        for (int j = from; j < to; j++) {
            s[j] = s[j] + slope * (float) (distance + j - from);
        }
    }

    private float max(float[] s, int from, int to) {
        FloatVector a = FloatVector.broadcast(Lanes.FLOAT, Float.NEGATIVE_INFINITY);
        FloatVector b = a;
        for (int i = from; i < to; i += 2 * L) {
            FloatVector x = FloatVector.fromArray(Lanes.FLOAT, s, i);
            FloatVector y = FloatVector.fromArray(Lanes.FLOAT, s, i + L);
            a = a.blend(x, x.compare(GT, a));
            b = b.blend(y, y.compare(GT, b));
        }
        a.blend(b, b.compare(GT, a)).intoArray(lanes, 0);
        float top = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < L; i++) {
            top = lanes[i] > top ? lanes[i] : top;
        }
        return top;
    }

    private float sum(float[] p, int from, int to) {
        for (int lane = 0; lane < PARTIALS; lane += L) {
            FloatVector partial = FloatVector.zero(Lanes.FLOAT);
            for (int i = from + lane; i < to; i += PARTIALS) {
                partial = partial.add(FloatVector.fromArray(Lanes.FLOAT, p, i));
            }
            partial.intoArray(lanes, lane);
        }
        for (int half = PARTIALS / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                lanes[i] = lanes[i] + lanes[i + half];
            }
        }
        return lanes[0];
    }
}
