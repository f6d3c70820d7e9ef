package dev.quire.backends.cpu.linear;

import jdk.incubator.vector.FloatVector;

/**
 * The arithmetic of quantized layers after their codes are floats c. For each group g of inputs t = Σ x·c by fused multiply-adds in
 * order; then, group after group, sum = fma(scale_g, t − x̄_g·zero, sum), and sum = fma(minimum_g, x̄_g, sum) where there are minimums;
 * x̄_g is the sum of the group's x. Every kernel follows this order, so all give the same bits.
 */
final class GroupTiles {
    private GroupTiles() {}

    /**
     * t of one row for one group and the columns from {@code lane}.
     *
     * @param x index of the group's first input in {@code xs}
     * @param code index of its codes, [group][64]
     * @param to index in {@code t} of the result, 64 floats
     */
    static void one(float[] xs, int x, float[] codes, int code, int group, int lane, float[] t, int to) {
        FloatVector a0 = FloatVector.zero(Lanes.FLOATS);
        FloatVector a1 = FloatVector.zero(Lanes.FLOATS);
        FloatVector a2 = FloatVector.zero(Lanes.FLOATS);
        FloatVector a3 = FloatVector.zero(Lanes.FLOATS);
        for (int k = 0; k < group; k++) {
            int at = code + k * Panels.WIDTH + lane;
            FloatVector p = FloatVector.broadcast(Lanes.FLOATS, xs[x + k]);
            FloatVector c0 = FloatVector.fromArray(Lanes.FLOATS, codes, at);
            FloatVector c1 = FloatVector.fromArray(Lanes.FLOATS, codes, at + Lanes.COUNT);
            FloatVector c2 = FloatVector.fromArray(Lanes.FLOATS, codes, at + 2 * Lanes.COUNT);
            FloatVector c3 = FloatVector.fromArray(Lanes.FLOATS, codes, at + 3 * Lanes.COUNT);
            a0 = c0.fma(p, a0);
            a1 = c1.fma(p, a1);
            a2 = c2.fma(p, a2);
            a3 = c3.fma(p, a3);
        }
        a0.intoArray(t, to + lane);
        a1.intoArray(t, to + lane + Lanes.COUNT);
        a2.intoArray(t, to + lane + 2 * Lanes.COUNT);
        a3.intoArray(t, to + lane + 3 * Lanes.COUNT);
    }

    /**
     * The same for two rows, whose inputs lie {@code xStride} and whose results lie {@code tStride} apart.
     */
    static void two(
            float[] xs,
            int x,
            int xStride,
            float[] codes,
            int code,
            int group,
            int lane,
            float[] t,
            int to,
            int tStride) {
        FloatVector a0 = FloatVector.zero(Lanes.FLOATS);
        FloatVector a1 = FloatVector.zero(Lanes.FLOATS);
        FloatVector a2 = FloatVector.zero(Lanes.FLOATS);
        FloatVector a3 = FloatVector.zero(Lanes.FLOATS);
        FloatVector b0 = FloatVector.zero(Lanes.FLOATS);
        FloatVector b1 = FloatVector.zero(Lanes.FLOATS);
        FloatVector b2 = FloatVector.zero(Lanes.FLOATS);
        FloatVector b3 = FloatVector.zero(Lanes.FLOATS);
        for (int k = 0; k < group; k++) {
            int at = code + k * Panels.WIDTH + lane;
            FloatVector p = FloatVector.broadcast(Lanes.FLOATS, xs[x + k]);
            FloatVector q = FloatVector.broadcast(Lanes.FLOATS, xs[x + xStride + k]);
            FloatVector c0 = FloatVector.fromArray(Lanes.FLOATS, codes, at);
            FloatVector c1 = FloatVector.fromArray(Lanes.FLOATS, codes, at + Lanes.COUNT);
            FloatVector c2 = FloatVector.fromArray(Lanes.FLOATS, codes, at + 2 * Lanes.COUNT);
            FloatVector c3 = FloatVector.fromArray(Lanes.FLOATS, codes, at + 3 * Lanes.COUNT);
            a0 = c0.fma(p, a0);
            a1 = c1.fma(p, a1);
            a2 = c2.fma(p, a2);
            a3 = c3.fma(p, a3);
            b0 = c0.fma(q, b0);
            b1 = c1.fma(q, b1);
            b2 = c2.fma(q, b2);
            b3 = c3.fma(q, b3);
        }
        a0.intoArray(t, to + lane);
        a1.intoArray(t, to + lane + Lanes.COUNT);
        a2.intoArray(t, to + lane + 2 * Lanes.COUNT);
        a3.intoArray(t, to + lane + 3 * Lanes.COUNT);
        b0.intoArray(t, to + tStride + lane);
        b1.intoArray(t, to + tStride + lane + Lanes.COUNT);
        b2.intoArray(t, to + tStride + lane + 2 * Lanes.COUNT);
        b3.intoArray(t, to + tStride + lane + 3 * Lanes.COUNT);
    }

    /** The same for four rows, whose sums need more than sixteen registers. */
    static void four(
            float[] xs,
            int x,
            int xStride,
            float[] codes,
            int code,
            int group,
            int lane,
            float[] t,
            int to,
            int tStride) {
        FloatVector a0 = FloatVector.zero(Lanes.FLOATS);
        FloatVector a1 = FloatVector.zero(Lanes.FLOATS);
        FloatVector a2 = FloatVector.zero(Lanes.FLOATS);
        FloatVector a3 = FloatVector.zero(Lanes.FLOATS);
        FloatVector b0 = FloatVector.zero(Lanes.FLOATS);
        FloatVector b1 = FloatVector.zero(Lanes.FLOATS);
        FloatVector b2 = FloatVector.zero(Lanes.FLOATS);
        FloatVector b3 = FloatVector.zero(Lanes.FLOATS);
        FloatVector d0 = FloatVector.zero(Lanes.FLOATS);
        FloatVector d1 = FloatVector.zero(Lanes.FLOATS);
        FloatVector d2 = FloatVector.zero(Lanes.FLOATS);
        FloatVector d3 = FloatVector.zero(Lanes.FLOATS);
        FloatVector e0 = FloatVector.zero(Lanes.FLOATS);
        FloatVector e1 = FloatVector.zero(Lanes.FLOATS);
        FloatVector e2 = FloatVector.zero(Lanes.FLOATS);
        FloatVector e3 = FloatVector.zero(Lanes.FLOATS);
        for (int k = 0; k < group; k++) {
            int at = code + k * Panels.WIDTH + lane;
            FloatVector c0 = FloatVector.fromArray(Lanes.FLOATS, codes, at);
            FloatVector c1 = FloatVector.fromArray(Lanes.FLOATS, codes, at + Lanes.COUNT);
            FloatVector c2 = FloatVector.fromArray(Lanes.FLOATS, codes, at + 2 * Lanes.COUNT);
            FloatVector c3 = FloatVector.fromArray(Lanes.FLOATS, codes, at + 3 * Lanes.COUNT);
            FloatVector p = FloatVector.broadcast(Lanes.FLOATS, xs[x + k]);
            a0 = c0.fma(p, a0);
            a1 = c1.fma(p, a1);
            a2 = c2.fma(p, a2);
            a3 = c3.fma(p, a3);
            FloatVector q = FloatVector.broadcast(Lanes.FLOATS, xs[x + xStride + k]);
            b0 = c0.fma(q, b0);
            b1 = c1.fma(q, b1);
            b2 = c2.fma(q, b2);
            b3 = c3.fma(q, b3);
            FloatVector r = FloatVector.broadcast(Lanes.FLOATS, xs[x + 2 * xStride + k]);
            d0 = c0.fma(r, d0);
            d1 = c1.fma(r, d1);
            d2 = c2.fma(r, d2);
            d3 = c3.fma(r, d3);
            FloatVector s = FloatVector.broadcast(Lanes.FLOATS, xs[x + 3 * xStride + k]);
            e0 = c0.fma(s, e0);
            e1 = c1.fma(s, e1);
            e2 = c2.fma(s, e2);
            e3 = c3.fma(s, e3);
        }
        a0.intoArray(t, to + lane);
        a1.intoArray(t, to + lane + Lanes.COUNT);
        a2.intoArray(t, to + lane + 2 * Lanes.COUNT);
        a3.intoArray(t, to + lane + 3 * Lanes.COUNT);
        b0.intoArray(t, to + tStride + lane);
        b1.intoArray(t, to + tStride + lane + Lanes.COUNT);
        b2.intoArray(t, to + tStride + lane + 2 * Lanes.COUNT);
        b3.intoArray(t, to + tStride + lane + 3 * Lanes.COUNT);
        d0.intoArray(t, to + 2 * tStride + lane);
        d1.intoArray(t, to + 2 * tStride + lane + Lanes.COUNT);
        d2.intoArray(t, to + 2 * tStride + lane + 2 * Lanes.COUNT);
        d3.intoArray(t, to + 2 * tStride + lane + 3 * Lanes.COUNT);
        e0.intoArray(t, to + 3 * tStride + lane);
        e1.intoArray(t, to + 3 * tStride + lane + Lanes.COUNT);
        e2.intoArray(t, to + 3 * tStride + lane + 2 * Lanes.COUNT);
        e3.intoArray(t, to + 3 * tStride + lane + 3 * Lanes.COUNT);
    }

    /** Adds {@code count} groups, from {@code first}, to the 64 sums of a row. The t of group {@code first} begin at {@code from}. */
    static void finish(GroupRun run, int row, int first, int count, float[] t, int from, float[] sums) {
        float[] scales = run.scales().scales;
        float[] minimums = run.scales().minimums;
        float[] groupSums = run.groupSums();
        boolean hasMinimums = run.format().hasMinimums();
        float zero = run.zero();
        int groupSum = run.firstGroupSum(row) + first;
        for (int lane = 0; lane < Panels.WIDTH; lane += Lanes.COUNT) {
            FloatVector sum = FloatVector.fromArray(Lanes.FLOATS, sums, row * Panels.WIDTH + lane);
            int at = first * Panels.WIDTH + lane;
            for (int g = 0; g < count; g++, at += Panels.WIDTH) {
                float x = groupSums[groupSum + g];
                FloatVector centered = FloatVector.fromArray(Lanes.FLOATS, t, from + g * Panels.WIDTH + lane)
                        .sub(x * zero);
                sum = FloatVector.fromArray(Lanes.FLOATS, scales, at).fma(centered, sum);
                if (hasMinimums) {
                    sum = FloatVector.fromArray(Lanes.FLOATS, minimums, at)
                            .fma(FloatVector.broadcast(Lanes.FLOATS, x), sum);
                }
            }
            sum.intoArray(sums, row * Panels.WIDTH + lane);
        }
    }
}
