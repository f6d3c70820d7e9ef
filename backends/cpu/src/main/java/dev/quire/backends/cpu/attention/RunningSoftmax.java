package dev.quire.backends.cpu.attention;

import dev.quire.backends.cpu.elementwise.Exp;
import dev.quire.backends.cpu.elementwise.Lanes;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * The attention of a tile's rows over the segments merged so far, left to right: m' = max(M, m), a = exp(M − m'), b = exp(m − m'),
 * L = L·a + l·b and O likewise, every operation rounded; the first segment with a visible token starts it.
 */
final class RunningSoftmax {
    private final int width;
    private final float[] out;
    private final float[] max;
    private final float[] sum;
    private final boolean[] started;

    /**
     * @param rows rows of the largest tile
     * @param width elements of a row, a multiple of 32
     */
    RunningSoftmax(int rows, int width) {
        this.width = width;
        this.out = new float[rows * width];
        this.max = new float[rows];
        this.sum = new float[rows];
        this.started = new boolean[rows];
    }

    void reset() {
        Arrays.fill(started, false);
    }

    /** Merges one row's next segment: {@code o} from {@code at}, largest score m, sum l. */
    void merge(int row, float[] o, int at, float m, float l) {
        int mine = row * width;
        if (!started[row]) {
            started[row] = true;
            max[row] = m;
            sum[row] = l;
            System.arraycopy(o, at, out, mine, width);
            return;
        }
        float top = m > max[row] ? m : max[row];
        float a = Exp.of(max[row] - top);
        float b = Exp.of(m - top);
        max[row] = top;
        sum[row] = sum[row] * a + l * b;
        for (int d = 0; d < width; d += Lanes.COUNT) {
            FloatVector before = FloatVector.fromArray(Lanes.FLOAT, out, mine + d);
            FloatVector next = FloatVector.fromArray(Lanes.FLOAT, o, at + d);
            before.mul(a).add(next.mul(b)).intoArray(out, mine + d);
        }
    }

    /** Divides a row by its sum: its result lies in {@link #out} at the offset returned. A row that saw nothing is all +0. */
    int finish(int row) {
        int mine = row * width;
        if (!started[row]) {
            Arrays.fill(out, mine, mine + width, 0f);
            return mine;
        }
        for (int d = 0; d < width; d += Lanes.COUNT) {
            FloatVector.fromArray(Lanes.FLOAT, out, mine + d).div(sum[row]).intoArray(out, mine + d);
        }
        return mine;
    }

    float[] out() {
        return out;
    }
}
