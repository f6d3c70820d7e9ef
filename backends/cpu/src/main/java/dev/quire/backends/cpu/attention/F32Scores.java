package dev.quire.backends.cpu.attention;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.quire.backends.cpu.elementwise.Lanes;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** q·k over float32 keys: as {@link Bf16Scores}, one element a load, each step one fused multiply-add. */
final class F32Scores {
    /** Rows that one kernel takes: with sixteen registers, more than eight sums spill. */
    static final int MAX_ROWS = 2;

    private static final int L = Lanes.COUNT;

    private F32Scores() {}

    /**
     * Scores of {@code rows} queries against the {@link Pages#CHUNK} tokens from {@code token} on.
     *
     * @param pages byte offset of each page of the segment; readable for the whole chunk
     * @param token first token in the segment, a multiple of the chunk
     * @param size elements of a head
     * @param q [rows, qStride] from {@code qAt}
     * @param s [rows, segment] from {@code sAt}; written at the tokens' places
     */
    static void score(
            int rows,
            MemorySegment keys,
            long[] pages,
            int token,
            int size,
            float[] q,
            int qAt,
            int qStride,
            float scale,
            float[] s,
            int sAt) {
        for (int t = token; t < token + Pages.CHUNK; t += 4 * L) {
            long a = Pages.keyOffset(pages, t);
            long b = Pages.keyOffset(pages, t + L);
            long c = Pages.keyOffset(pages, t + 2 * L);
            long d = Pages.keyOffset(pages, t + 3 * L);
            switch (rows) {
                case 1 -> one(keys, a, b, c, d, size, q, qAt, scale, s, sAt + t);
                case 2 -> two(keys, a, b, c, d, size, q, qAt, qStride, scale, s, sAt + t);
                default ->
                    throw new IllegalArgumentException("no kernel for %d rows; at most %d".formatted(rows, MAX_ROWS));
            }
        }
    }

    private static void one(
            MemorySegment keys,
            long a,
            long b,
            long c,
            long d,
            int size,
            float[] q,
            int qAt,
            float scale,
            float[] s,
            int at) {
        FloatVector s00 = FloatVector.zero(Lanes.FLOAT);
        FloatVector s01 = FloatVector.zero(Lanes.FLOAT);
        FloatVector s02 = FloatVector.zero(Lanes.FLOAT);
        FloatVector s03 = FloatVector.zero(Lanes.FLOAT);
        for (int i = 0; i < size; i++) {
            FloatVector k0 = FloatVector.fromMemorySegment(Lanes.FLOAT, keys, a + i * 64L, LITTLE_ENDIAN);
            FloatVector k1 = FloatVector.fromMemorySegment(Lanes.FLOAT, keys, b + i * 64L, LITTLE_ENDIAN);
            FloatVector k2 = FloatVector.fromMemorySegment(Lanes.FLOAT, keys, c + i * 64L, LITTLE_ENDIAN);
            FloatVector k3 = FloatVector.fromMemorySegment(Lanes.FLOAT, keys, d + i * 64L, LITTLE_ENDIAN);
            FloatVector q0 = FloatVector.broadcast(Lanes.FLOAT, q[qAt + i]);
            s00 = k0.fma(q0, s00);
            s01 = k1.fma(q0, s01);
            s02 = k2.fma(q0, s02);
            s03 = k3.fma(q0, s03);
        }
        s00.mul(scale).intoArray(s, at);
        s01.mul(scale).intoArray(s, at + L);
        s02.mul(scale).intoArray(s, at + 2 * L);
        s03.mul(scale).intoArray(s, at + 3 * L);
    }

    private static void two(
            MemorySegment keys,
            long a,
            long b,
            long c,
            long d,
            int size,
            float[] q,
            int qAt,
            int qStride,
            float scale,
            float[] s,
            int at) {
        FloatVector s00 = FloatVector.zero(Lanes.FLOAT);
        FloatVector s01 = FloatVector.zero(Lanes.FLOAT);
        FloatVector s02 = FloatVector.zero(Lanes.FLOAT);
        FloatVector s03 = FloatVector.zero(Lanes.FLOAT);
        FloatVector s10 = FloatVector.zero(Lanes.FLOAT);
        FloatVector s11 = FloatVector.zero(Lanes.FLOAT);
        FloatVector s12 = FloatVector.zero(Lanes.FLOAT);
        FloatVector s13 = FloatVector.zero(Lanes.FLOAT);
        for (int i = 0; i < size; i++) {
            FloatVector k0 = FloatVector.fromMemorySegment(Lanes.FLOAT, keys, a + i * 64L, LITTLE_ENDIAN);
            FloatVector k1 = FloatVector.fromMemorySegment(Lanes.FLOAT, keys, b + i * 64L, LITTLE_ENDIAN);
            FloatVector k2 = FloatVector.fromMemorySegment(Lanes.FLOAT, keys, c + i * 64L, LITTLE_ENDIAN);
            FloatVector k3 = FloatVector.fromMemorySegment(Lanes.FLOAT, keys, d + i * 64L, LITTLE_ENDIAN);
            FloatVector q0 = FloatVector.broadcast(Lanes.FLOAT, q[qAt + i]);
            s00 = k0.fma(q0, s00);
            s01 = k1.fma(q0, s01);
            s02 = k2.fma(q0, s02);
            s03 = k3.fma(q0, s03);
            FloatVector q1 = FloatVector.broadcast(Lanes.FLOAT, q[qAt + qStride + i]);
            s10 = k0.fma(q1, s10);
            s11 = k1.fma(q1, s11);
            s12 = k2.fma(q1, s12);
            s13 = k3.fma(q1, s13);
        }
        s00.mul(scale).intoArray(s, at);
        s01.mul(scale).intoArray(s, at + L);
        s02.mul(scale).intoArray(s, at + 2 * L);
        s03.mul(scale).intoArray(s, at + 3 * L);
        s10.mul(scale).intoArray(s, at + Pages.SEGMENT);
        s11.mul(scale).intoArray(s, at + Pages.SEGMENT + L);
        s12.mul(scale).intoArray(s, at + Pages.SEGMENT + 2 * L);
        s13.mul(scale).intoArray(s, at + Pages.SEGMENT + 3 * L);
    }
}
