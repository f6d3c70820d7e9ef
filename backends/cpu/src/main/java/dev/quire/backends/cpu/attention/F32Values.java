package dev.quire.backends.cpu.attention;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.quire.backends.cpu.elementwise.Lanes;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** p·V over float32 values: as {@link Bf16Values}, one element a lane, each step one fused multiply-add. */
final class F32Values {
    /** Rows that one kernel takes. */
    static final int MAX_ROWS = 4;

    private static final int L = Lanes.COUNT;

    private F32Values() {}

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
        int vectors = width / L;
        for (int u = 0; u + 1 < vectors; u += 2) {
            long x = Pages.valueOffset(u);
            long y = Pages.valueOffset(u + 1);
            int at = outAt + u * L;
            int next = L;
            switch (rows) {
                case 1 -> one(values, pages, x, y, from, to, p, pAt, out, at, next);
                case 2 -> two(values, pages, x, y, from, to, p, pAt, out, at, stride, next);
                case 3 -> three(values, pages, x, y, from, to, p, pAt, out, at, stride, next);
                case 4 -> four(values, pages, x, y, from, to, p, pAt, out, at, stride, next);
                default ->
                    throw new IllegalArgumentException("no kernel for %d rows; at most %d".formatted(rows, MAX_ROWS));
            }
        }
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
        FloatVector o01 = FloatVector.fromArray(Lanes.FLOAT, out, at + next);
        for (int t = from; t < to; ) {
            int end = Math.min(to, (t | 15) + 1);
            for (long page = pages[t >> 4] + ((t & 15) << 6); t < end; t++, page += 64) {
                FloatVector v0 = FloatVector.fromMemorySegment(Lanes.FLOAT, values, page + x, LITTLE_ENDIAN);
                FloatVector v1 = FloatVector.fromMemorySegment(Lanes.FLOAT, values, page + y, LITTLE_ENDIAN);
                FloatVector p0 = FloatVector.broadcast(Lanes.FLOAT, p[pAt + t]);
                o00 = v0.fma(p0, o00);
                o01 = v1.fma(p0, o01);
            }
        }
        o00.intoArray(out, at);
        o01.intoArray(out, at + next);
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
        FloatVector o01 = FloatVector.fromArray(Lanes.FLOAT, out, at + next);
        FloatVector o10 = FloatVector.fromArray(Lanes.FLOAT, out, at + stride);
        FloatVector o11 = FloatVector.fromArray(Lanes.FLOAT, out, at + stride + next);
        for (int t = from; t < to; ) {
            int end = Math.min(to, (t | 15) + 1);
            for (long page = pages[t >> 4] + ((t & 15) << 6); t < end; t++, page += 64) {
                FloatVector v0 = FloatVector.fromMemorySegment(Lanes.FLOAT, values, page + x, LITTLE_ENDIAN);
                FloatVector v1 = FloatVector.fromMemorySegment(Lanes.FLOAT, values, page + y, LITTLE_ENDIAN);
                FloatVector p0 = FloatVector.broadcast(Lanes.FLOAT, p[pAt + t]);
                o00 = v0.fma(p0, o00);
                o01 = v1.fma(p0, o01);
                FloatVector p1 = FloatVector.broadcast(Lanes.FLOAT, p[pAt + Pages.SEGMENT + t]);
                o10 = v0.fma(p1, o10);
                o11 = v1.fma(p1, o11);
            }
        }
        o00.intoArray(out, at);
        o01.intoArray(out, at + next);
        o10.intoArray(out, at + stride);
        o11.intoArray(out, at + stride + next);
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
        FloatVector o01 = FloatVector.fromArray(Lanes.FLOAT, out, at + next);
        FloatVector o10 = FloatVector.fromArray(Lanes.FLOAT, out, at + stride);
        FloatVector o11 = FloatVector.fromArray(Lanes.FLOAT, out, at + stride + next);
        FloatVector o20 = FloatVector.fromArray(Lanes.FLOAT, out, at + 2 * stride);
        FloatVector o21 = FloatVector.fromArray(Lanes.FLOAT, out, at + 2 * stride + next);
        for (int t = from; t < to; ) {
            int end = Math.min(to, (t | 15) + 1);
            for (long page = pages[t >> 4] + ((t & 15) << 6); t < end; t++, page += 64) {
                FloatVector v0 = FloatVector.fromMemorySegment(Lanes.FLOAT, values, page + x, LITTLE_ENDIAN);
                FloatVector v1 = FloatVector.fromMemorySegment(Lanes.FLOAT, values, page + y, LITTLE_ENDIAN);
                FloatVector p0 = FloatVector.broadcast(Lanes.FLOAT, p[pAt + t]);
                o00 = v0.fma(p0, o00);
                o01 = v1.fma(p0, o01);
                FloatVector p1 = FloatVector.broadcast(Lanes.FLOAT, p[pAt + Pages.SEGMENT + t]);
                o10 = v0.fma(p1, o10);
                o11 = v1.fma(p1, o11);
                FloatVector p2 = FloatVector.broadcast(Lanes.FLOAT, p[pAt + 2 * Pages.SEGMENT + t]);
                o20 = v0.fma(p2, o20);
                o21 = v1.fma(p2, o21);
            }
        }
        o00.intoArray(out, at);
        o01.intoArray(out, at + next);
        o10.intoArray(out, at + stride);
        o11.intoArray(out, at + stride + next);
        o20.intoArray(out, at + 2 * stride);
        o21.intoArray(out, at + 2 * stride + next);
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
        FloatVector o01 = FloatVector.fromArray(Lanes.FLOAT, out, at + next);
        FloatVector o10 = FloatVector.fromArray(Lanes.FLOAT, out, at + stride);
        FloatVector o11 = FloatVector.fromArray(Lanes.FLOAT, out, at + stride + next);
        FloatVector o20 = FloatVector.fromArray(Lanes.FLOAT, out, at + 2 * stride);
        FloatVector o21 = FloatVector.fromArray(Lanes.FLOAT, out, at + 2 * stride + next);
        FloatVector o30 = FloatVector.fromArray(Lanes.FLOAT, out, at + 3 * stride);
        FloatVector o31 = FloatVector.fromArray(Lanes.FLOAT, out, at + 3 * stride + next);
        for (int t = from; t < to; ) {
            int end = Math.min(to, (t | 15) + 1);
            for (long page = pages[t >> 4] + ((t & 15) << 6); t < end; t++, page += 64) {
                FloatVector v0 = FloatVector.fromMemorySegment(Lanes.FLOAT, values, page + x, LITTLE_ENDIAN);
                FloatVector v1 = FloatVector.fromMemorySegment(Lanes.FLOAT, values, page + y, LITTLE_ENDIAN);
                FloatVector p0 = FloatVector.broadcast(Lanes.FLOAT, p[pAt + t]);
                o00 = v0.fma(p0, o00);
                o01 = v1.fma(p0, o01);
                FloatVector p1 = FloatVector.broadcast(Lanes.FLOAT, p[pAt + Pages.SEGMENT + t]);
                o10 = v0.fma(p1, o10);
                o11 = v1.fma(p1, o11);
                FloatVector p2 = FloatVector.broadcast(Lanes.FLOAT, p[pAt + 2 * Pages.SEGMENT + t]);
                o20 = v0.fma(p2, o20);
                o21 = v1.fma(p2, o21);
                FloatVector p3 = FloatVector.broadcast(Lanes.FLOAT, p[pAt + 3 * Pages.SEGMENT + t]);
                o30 = v0.fma(p3, o30);
                o31 = v1.fma(p3, o31);
            }
        }
        o00.intoArray(out, at);
        o01.intoArray(out, at + next);
        o10.intoArray(out, at + stride);
        o11.intoArray(out, at + stride + next);
        o20.intoArray(out, at + 2 * stride);
        o21.intoArray(out, at + 2 * stride + next);
        o30.intoArray(out, at + 3 * stride);
        o31.intoArray(out, at + 3 * stride + next);
    }
}
