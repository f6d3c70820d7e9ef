package dev.quire.backends.cpu.attention;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.LSHL;

import dev.quire.backends.cpu.elementwise.Lanes;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * p·V over bf16 values. An element of the head lies in each lane: a load brings the elements (i, i + 16) of one token, which meet the token's
 * broadcast weight. Sums stay in registers over a run of tokens and rise with the token; products are exact.
 */
final class Bf16Values {
    /** Rows that one kernel takes. */
    static final int MAX_ROWS = Lanes.COUNT == 8 ? 2 : 4;

    private static final int L = Lanes.COUNT;
    /** The upper bf16 of a pair. */
    private static final int HIGH = 0xffff0000;

    private Bf16Values() {}

    /**
     * out[r] += sum of p[r, t] · v[t] for the tokens {@code from} to {@code to − 1} of the segment, in order.
     *
     * @param pages byte offset of each page of the segment
     * @param width elements of an output row, a multiple of 32
     * @param p [rows, segment] from {@code pAt}
     * @param out [rows, stride] from {@code outAt}
     */
    static void add(
            int rows,
            MemorySegment values,
            long[] pages,
            int from,
            int to,
            int width,
            float[] p,
            int pAt,
            float[] out,
            int outAt,
            int stride) {
        int vectors = width / (2 * L);
        for (int u = 0; u + 1 < vectors; u += 2) {
            long x = Pages.valueOffset(u);
            long y = Pages.valueOffset(u + 1);
            int at = outAt + column(u);
            int next = column(u + 1) - column(u);
            switch (rows) {
                case 1 -> one(values, pages, x, y, from, to, p, pAt, out, at, next);
                case 2 -> two(values, pages, x, y, from, to, p, pAt, out, at, stride, next);
                case 3 -> three(values, pages, x, y, from, to, p, pAt, out, at, stride, next);
                case 4 -> four(values, pages, x, y, from, to, p, pAt, out, at, stride, next);
                default ->
                    throw new IllegalArgumentException("no kernel for %d rows; at most %d".formatted(rows, MAX_ROWS));
            }
        }
        if (vectors % 2 != 0) {
            for (int r = 0; r < rows; r++) {
                oneLast(
                        values,
                        pages,
                        Pages.valueOffset(vectors - 1),
                        from,
                        to,
                        p,
                        pAt + r * Pages.SEGMENT,
                        out,
                        outAt + r * stride + column(vectors - 1));
            }
        }
    }

    /** First element of vector u's lower halves; the upper halves are the elements 16 further on. */
    private static int column(int u) {
        return u * L / 16 * 32 + u * L % 16;
    }

    /** The last vector of a token, at bytes x of its page, for one row. */
    private static void oneLast(
            MemorySegment values, long[] pages, long x, int from, int to, float[] p, int pAt, float[] out, int at) {
        FloatVector o00 = FloatVector.fromArray(Lanes.FLOAT, out, at);
        FloatVector o01 = FloatVector.fromArray(Lanes.FLOAT, out, at + 16);
        for (int t = from; t < to; ) {
            int end = Math.min(to, (t | 15) + 1);
            for (long page = pages[t >> 4] + ((t & 15) << 6); t < end; t++, page += 64) {
                IntVector v0 = IntVector.fromMemorySegment(Lanes.INT, values, page + x, LITTLE_ENDIAN);
                FloatVector low0 = v0.lanewise(LSHL, 16).reinterpretAsFloats();
                FloatVector high0 = v0.and(HIGH).reinterpretAsFloats();
                FloatVector p0 = FloatVector.broadcast(Lanes.FLOAT, p[pAt + t]);
                o00 = low0.fma(p0, o00);
                o01 = high0.fma(p0, o01);
            }
        }
        o00.intoArray(out, at);
        o01.intoArray(out, at + 16);
    }

    /** Two vectors of a token, at bytes x and y of its page, for one row. */
    private static void one(
            MemorySegment values,
            long[] pages,
            long x,
            long y,
            int from,
            int to,
            float[] p,
            int pAt,
            float[] out,
            int at,
            int next) {
        FloatVector o00 = FloatVector.fromArray(Lanes.FLOAT, out, at);
        FloatVector o01 = FloatVector.fromArray(Lanes.FLOAT, out, at + 16);
        FloatVector o02 = FloatVector.fromArray(Lanes.FLOAT, out, at + next);
        FloatVector o03 = FloatVector.fromArray(Lanes.FLOAT, out, at + next + 16);
        for (int t = from; t < to; ) {
            int end = Math.min(to, (t | 15) + 1);
            for (long page = pages[t >> 4] + ((t & 15) << 6); t < end; t++, page += 64) {
                IntVector v0 = IntVector.fromMemorySegment(Lanes.INT, values, page + x, LITTLE_ENDIAN);
                FloatVector low0 = v0.lanewise(LSHL, 16).reinterpretAsFloats();
                FloatVector high0 = v0.and(HIGH).reinterpretAsFloats();
                IntVector v1 = IntVector.fromMemorySegment(Lanes.INT, values, page + y, LITTLE_ENDIAN);
                FloatVector low1 = v1.lanewise(LSHL, 16).reinterpretAsFloats();
                FloatVector high1 = v1.and(HIGH).reinterpretAsFloats();
                FloatVector p0 = FloatVector.broadcast(Lanes.FLOAT, p[pAt + t]);
                o00 = low0.fma(p0, o00);
                o01 = high0.fma(p0, o01);
                o02 = low1.fma(p0, o02);
                o03 = high1.fma(p0, o03);
            }
        }
        o00.intoArray(out, at);
        o01.intoArray(out, at + 16);
        o02.intoArray(out, at + next);
        o03.intoArray(out, at + next + 16);
    }

    /** Two vectors of a token, at bytes x and y of its page, for two rows. */
    private static void two(
            MemorySegment values,
            long[] pages,
            long x,
            long y,
            int from,
            int to,
            float[] p,
            int pAt,
            float[] out,
            int at,
            int stride,
            int next) {
        FloatVector o00 = FloatVector.fromArray(Lanes.FLOAT, out, at);
        FloatVector o01 = FloatVector.fromArray(Lanes.FLOAT, out, at + 16);
        FloatVector o02 = FloatVector.fromArray(Lanes.FLOAT, out, at + next);
        FloatVector o03 = FloatVector.fromArray(Lanes.FLOAT, out, at + next + 16);
        FloatVector o10 = FloatVector.fromArray(Lanes.FLOAT, out, at + stride);
        FloatVector o11 = FloatVector.fromArray(Lanes.FLOAT, out, at + stride + 16);
        FloatVector o12 = FloatVector.fromArray(Lanes.FLOAT, out, at + stride + next);
        FloatVector o13 = FloatVector.fromArray(Lanes.FLOAT, out, at + stride + next + 16);
        for (int t = from; t < to; ) {
            int end = Math.min(to, (t | 15) + 1);
            for (long page = pages[t >> 4] + ((t & 15) << 6); t < end; t++, page += 64) {
                IntVector v0 = IntVector.fromMemorySegment(Lanes.INT, values, page + x, LITTLE_ENDIAN);
                FloatVector low0 = v0.lanewise(LSHL, 16).reinterpretAsFloats();
                FloatVector high0 = v0.and(HIGH).reinterpretAsFloats();
                IntVector v1 = IntVector.fromMemorySegment(Lanes.INT, values, page + y, LITTLE_ENDIAN);
                FloatVector low1 = v1.lanewise(LSHL, 16).reinterpretAsFloats();
                FloatVector high1 = v1.and(HIGH).reinterpretAsFloats();
                FloatVector p0 = FloatVector.broadcast(Lanes.FLOAT, p[pAt + t]);
                o00 = low0.fma(p0, o00);
                o01 = high0.fma(p0, o01);
                o02 = low1.fma(p0, o02);
                o03 = high1.fma(p0, o03);
                FloatVector p1 = FloatVector.broadcast(Lanes.FLOAT, p[pAt + Pages.SEGMENT + t]);
                o10 = low0.fma(p1, o10);
                o11 = high0.fma(p1, o11);
                o12 = low1.fma(p1, o12);
                o13 = high1.fma(p1, o13);
            }
        }
        o00.intoArray(out, at);
        o01.intoArray(out, at + 16);
        o02.intoArray(out, at + next);
        o03.intoArray(out, at + next + 16);
        o10.intoArray(out, at + stride);
        o11.intoArray(out, at + stride + 16);
        o12.intoArray(out, at + stride + next);
        o13.intoArray(out, at + stride + next + 16);
    }

    /** Two vectors of a token, at bytes x and y of its page, for three rows. */
    private static void three(
            MemorySegment values,
            long[] pages,
            long x,
            long y,
            int from,
            int to,
            float[] p,
            int pAt,
            float[] out,
            int at,
            int stride,
            int next) {
        FloatVector o00 = FloatVector.fromArray(Lanes.FLOAT, out, at);
        FloatVector o01 = FloatVector.fromArray(Lanes.FLOAT, out, at + 16);
        FloatVector o02 = FloatVector.fromArray(Lanes.FLOAT, out, at + next);
        FloatVector o03 = FloatVector.fromArray(Lanes.FLOAT, out, at + next + 16);
        FloatVector o10 = FloatVector.fromArray(Lanes.FLOAT, out, at + stride);
        FloatVector o11 = FloatVector.fromArray(Lanes.FLOAT, out, at + stride + 16);
        FloatVector o12 = FloatVector.fromArray(Lanes.FLOAT, out, at + stride + next);
        FloatVector o13 = FloatVector.fromArray(Lanes.FLOAT, out, at + stride + next + 16);
        FloatVector o20 = FloatVector.fromArray(Lanes.FLOAT, out, at + 2 * stride);
        FloatVector o21 = FloatVector.fromArray(Lanes.FLOAT, out, at + 2 * stride + 16);
        FloatVector o22 = FloatVector.fromArray(Lanes.FLOAT, out, at + 2 * stride + next);
        FloatVector o23 = FloatVector.fromArray(Lanes.FLOAT, out, at + 2 * stride + next + 16);
        for (int t = from; t < to; ) {
            int end = Math.min(to, (t | 15) + 1);
            for (long page = pages[t >> 4] + ((t & 15) << 6); t < end; t++, page += 64) {
                IntVector v0 = IntVector.fromMemorySegment(Lanes.INT, values, page + x, LITTLE_ENDIAN);
                FloatVector low0 = v0.lanewise(LSHL, 16).reinterpretAsFloats();
                FloatVector high0 = v0.and(HIGH).reinterpretAsFloats();
                IntVector v1 = IntVector.fromMemorySegment(Lanes.INT, values, page + y, LITTLE_ENDIAN);
                FloatVector low1 = v1.lanewise(LSHL, 16).reinterpretAsFloats();
                FloatVector high1 = v1.and(HIGH).reinterpretAsFloats();
                FloatVector p0 = FloatVector.broadcast(Lanes.FLOAT, p[pAt + t]);
                o00 = low0.fma(p0, o00);
                o01 = high0.fma(p0, o01);
                o02 = low1.fma(p0, o02);
                o03 = high1.fma(p0, o03);
                FloatVector p1 = FloatVector.broadcast(Lanes.FLOAT, p[pAt + Pages.SEGMENT + t]);
                o10 = low0.fma(p1, o10);
                o11 = high0.fma(p1, o11);
                o12 = low1.fma(p1, o12);
                o13 = high1.fma(p1, o13);
                FloatVector p2 = FloatVector.broadcast(Lanes.FLOAT, p[pAt + 2 * Pages.SEGMENT + t]);
                o20 = low0.fma(p2, o20);
                o21 = high0.fma(p2, o21);
                o22 = low1.fma(p2, o22);
                o23 = high1.fma(p2, o23);
            }
        }
        o00.intoArray(out, at);
        o01.intoArray(out, at + 16);
        o02.intoArray(out, at + next);
        o03.intoArray(out, at + next + 16);
        o10.intoArray(out, at + stride);
        o11.intoArray(out, at + stride + 16);
        o12.intoArray(out, at + stride + next);
        o13.intoArray(out, at + stride + next + 16);
        o20.intoArray(out, at + 2 * stride);
        o21.intoArray(out, at + 2 * stride + 16);
        o22.intoArray(out, at + 2 * stride + next);
        o23.intoArray(out, at + 2 * stride + next + 16);
    }

    /** Two vectors of a token, at bytes x and y of its page, for four rows. */
    private static void four(
            MemorySegment values,
            long[] pages,
            long x,
            long y,
            int from,
            int to,
            float[] p,
            int pAt,
            float[] out,
            int at,
            int stride,
            int next) {
        FloatVector o00 = FloatVector.fromArray(Lanes.FLOAT, out, at);
        FloatVector o01 = FloatVector.fromArray(Lanes.FLOAT, out, at + 16);
        FloatVector o02 = FloatVector.fromArray(Lanes.FLOAT, out, at + next);
        FloatVector o03 = FloatVector.fromArray(Lanes.FLOAT, out, at + next + 16);
        FloatVector o10 = FloatVector.fromArray(Lanes.FLOAT, out, at + stride);
        FloatVector o11 = FloatVector.fromArray(Lanes.FLOAT, out, at + stride + 16);
        FloatVector o12 = FloatVector.fromArray(Lanes.FLOAT, out, at + stride + next);
        FloatVector o13 = FloatVector.fromArray(Lanes.FLOAT, out, at + stride + next + 16);
        FloatVector o20 = FloatVector.fromArray(Lanes.FLOAT, out, at + 2 * stride);
        FloatVector o21 = FloatVector.fromArray(Lanes.FLOAT, out, at + 2 * stride + 16);
        FloatVector o22 = FloatVector.fromArray(Lanes.FLOAT, out, at + 2 * stride + next);
        FloatVector o23 = FloatVector.fromArray(Lanes.FLOAT, out, at + 2 * stride + next + 16);
        FloatVector o30 = FloatVector.fromArray(Lanes.FLOAT, out, at + 3 * stride);
        FloatVector o31 = FloatVector.fromArray(Lanes.FLOAT, out, at + 3 * stride + 16);
        FloatVector o32 = FloatVector.fromArray(Lanes.FLOAT, out, at + 3 * stride + next);
        FloatVector o33 = FloatVector.fromArray(Lanes.FLOAT, out, at + 3 * stride + next + 16);
        for (int t = from; t < to; ) {
            int end = Math.min(to, (t | 15) + 1);
            for (long page = pages[t >> 4] + ((t & 15) << 6); t < end; t++, page += 64) {
                IntVector v0 = IntVector.fromMemorySegment(Lanes.INT, values, page + x, LITTLE_ENDIAN);
                FloatVector low0 = v0.lanewise(LSHL, 16).reinterpretAsFloats();
                FloatVector high0 = v0.and(HIGH).reinterpretAsFloats();
                IntVector v1 = IntVector.fromMemorySegment(Lanes.INT, values, page + y, LITTLE_ENDIAN);
                FloatVector low1 = v1.lanewise(LSHL, 16).reinterpretAsFloats();
                FloatVector high1 = v1.and(HIGH).reinterpretAsFloats();
                FloatVector p0 = FloatVector.broadcast(Lanes.FLOAT, p[pAt + t]);
                o00 = low0.fma(p0, o00);
                o01 = high0.fma(p0, o01);
                o02 = low1.fma(p0, o02);
                o03 = high1.fma(p0, o03);
                FloatVector p1 = FloatVector.broadcast(Lanes.FLOAT, p[pAt + Pages.SEGMENT + t]);
                o10 = low0.fma(p1, o10);
                o11 = high0.fma(p1, o11);
                o12 = low1.fma(p1, o12);
                o13 = high1.fma(p1, o13);
                FloatVector p2 = FloatVector.broadcast(Lanes.FLOAT, p[pAt + 2 * Pages.SEGMENT + t]);
                o20 = low0.fma(p2, o20);
                o21 = high0.fma(p2, o21);
                o22 = low1.fma(p2, o22);
                o23 = high1.fma(p2, o23);
                FloatVector p3 = FloatVector.broadcast(Lanes.FLOAT, p[pAt + 3 * Pages.SEGMENT + t]);
                o30 = low0.fma(p3, o30);
                o31 = high0.fma(p3, o31);
                o32 = low1.fma(p3, o32);
                o33 = high1.fma(p3, o33);
            }
        }
        o00.intoArray(out, at);
        o01.intoArray(out, at + 16);
        o02.intoArray(out, at + next);
        o03.intoArray(out, at + next + 16);
        o10.intoArray(out, at + stride);
        o11.intoArray(out, at + stride + 16);
        o12.intoArray(out, at + stride + next);
        o13.intoArray(out, at + stride + next + 16);
        o20.intoArray(out, at + 2 * stride);
        o21.intoArray(out, at + 2 * stride + 16);
        o22.intoArray(out, at + 2 * stride + next);
        o23.intoArray(out, at + 2 * stride + next + 16);
        o30.intoArray(out, at + 3 * stride);
        o31.intoArray(out, at + 3 * stride + 16);
        o32.intoArray(out, at + 3 * stride + next);
        o33.intoArray(out, at + 3 * stride + next + 16);
    }
}
