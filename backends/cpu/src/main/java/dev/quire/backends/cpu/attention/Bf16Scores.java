package dev.quire.backends.cpu.attention;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.LSHL;

import dev.quire.backends.cpu.elementwise.Lanes;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * q·k over bf16 keys. A token lies in each lane: a load brings two elements of a run of tokens, each meets one broadcast element of q, and no
 * sum crosses lanes. Four vectors of tokens at a time share what is loaded of up to four queries; keys are read once per call. Sums run over
 * rising elements; products are exact, so the fused operation rounds once, as an addition would.
 */
final class Bf16Scores {
    /** Rows that one kernel takes: with sixteen registers, more than eight sums spill. */
    static final int MAX_ROWS = Lanes.COUNT == 8 ? 2 : 4;

    private static final int L = Lanes.COUNT;
    /** The upper bf16 of a pair. */
    private static final int HIGH = 0xffff0000;

    private Bf16Scores() {}

    /**
     * Scores of {@code rows} queries against the {@link Pages#CHUNK} tokens from {@code token} on.
     *
     * @param pages byte offset of each page of the segment; readable for the whole chunk
     * @param token first token in the segment, a multiple of the chunk
     * @param pairs pairs of elements of a head
     * @param q [rows, qStride] from {@code qAt}
     * @param s [rows, segment] from {@code sAt}; written at the tokens' places
     */
    static void score(
            int rows,
            MemorySegment keys,
            long[] pages,
            int token,
            int pairs,
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
                case 1 -> one(keys, a, b, c, d, pairs, q, qAt, scale, s, sAt + t);
                case 2 -> two(keys, a, b, c, d, pairs, q, qAt, qStride, scale, s, sAt + t);
                case 3 -> three(keys, a, b, c, d, pairs, q, qAt, qStride, scale, s, sAt + t);
                case 4 -> four(keys, a, b, c, d, pairs, q, qAt, qStride, scale, s, sAt + t);
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
            int pairs,
            float[] q,
            int qAt,
            float scale,
            float[] s,
            int at) {
        FloatVector s00 = FloatVector.zero(Lanes.FLOAT);
        FloatVector s01 = FloatVector.zero(Lanes.FLOAT);
        FloatVector s02 = FloatVector.zero(Lanes.FLOAT);
        FloatVector s03 = FloatVector.zero(Lanes.FLOAT);
        for (int i = 0; i < pairs; i++) {
            IntVector k0 = IntVector.fromMemorySegment(Lanes.INT, keys, a + i * 64L, LITTLE_ENDIAN);
            IntVector k1 = IntVector.fromMemorySegment(Lanes.INT, keys, b + i * 64L, LITTLE_ENDIAN);
            IntVector k2 = IntVector.fromMemorySegment(Lanes.INT, keys, c + i * 64L, LITTLE_ENDIAN);
            IntVector k3 = IntVector.fromMemorySegment(Lanes.INT, keys, d + i * 64L, LITTLE_ENDIAN);
            FloatVector low0 = k0.lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector low1 = k1.lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector low2 = k2.lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector low3 = k3.lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector qLow0 = FloatVector.broadcast(Lanes.FLOAT, q[qAt + 2 * i]);
            s00 = low0.fma(qLow0, s00);
            s01 = low1.fma(qLow0, s01);
            s02 = low2.fma(qLow0, s02);
            s03 = low3.fma(qLow0, s03);
            FloatVector high0 = k0.and(HIGH).reinterpretAsFloats();
            FloatVector high1 = k1.and(HIGH).reinterpretAsFloats();
            FloatVector high2 = k2.and(HIGH).reinterpretAsFloats();
            FloatVector high3 = k3.and(HIGH).reinterpretAsFloats();
            FloatVector qHigh0 = FloatVector.broadcast(Lanes.FLOAT, q[qAt + 2 * i + 1]);
            s00 = high0.fma(qHigh0, s00);
            s01 = high1.fma(qHigh0, s01);
            s02 = high2.fma(qHigh0, s02);
            s03 = high3.fma(qHigh0, s03);
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
            int pairs,
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
        for (int i = 0; i < pairs; i++) {
            IntVector k0 = IntVector.fromMemorySegment(Lanes.INT, keys, a + i * 64L, LITTLE_ENDIAN);
            IntVector k1 = IntVector.fromMemorySegment(Lanes.INT, keys, b + i * 64L, LITTLE_ENDIAN);
            IntVector k2 = IntVector.fromMemorySegment(Lanes.INT, keys, c + i * 64L, LITTLE_ENDIAN);
            IntVector k3 = IntVector.fromMemorySegment(Lanes.INT, keys, d + i * 64L, LITTLE_ENDIAN);
            FloatVector low0 = k0.lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector low1 = k1.lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector low2 = k2.lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector low3 = k3.lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector qLow0 = FloatVector.broadcast(Lanes.FLOAT, q[qAt + 2 * i]);
            s00 = low0.fma(qLow0, s00);
            s01 = low1.fma(qLow0, s01);
            s02 = low2.fma(qLow0, s02);
            s03 = low3.fma(qLow0, s03);
            FloatVector qLow1 = FloatVector.broadcast(Lanes.FLOAT, q[qAt + qStride + 2 * i]);
            s10 = low0.fma(qLow1, s10);
            s11 = low1.fma(qLow1, s11);
            s12 = low2.fma(qLow1, s12);
            s13 = low3.fma(qLow1, s13);
            FloatVector high0 = k0.and(HIGH).reinterpretAsFloats();
            FloatVector high1 = k1.and(HIGH).reinterpretAsFloats();
            FloatVector high2 = k2.and(HIGH).reinterpretAsFloats();
            FloatVector high3 = k3.and(HIGH).reinterpretAsFloats();
            FloatVector qHigh0 = FloatVector.broadcast(Lanes.FLOAT, q[qAt + 2 * i + 1]);
            s00 = high0.fma(qHigh0, s00);
            s01 = high1.fma(qHigh0, s01);
            s02 = high2.fma(qHigh0, s02);
            s03 = high3.fma(qHigh0, s03);
            FloatVector qHigh1 = FloatVector.broadcast(Lanes.FLOAT, q[qAt + qStride + 2 * i + 1]);
            s10 = high0.fma(qHigh1, s10);
            s11 = high1.fma(qHigh1, s11);
            s12 = high2.fma(qHigh1, s12);
            s13 = high3.fma(qHigh1, s13);
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

    private static void three(
            MemorySegment keys,
            long a,
            long b,
            long c,
            long d,
            int pairs,
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
        FloatVector s20 = FloatVector.zero(Lanes.FLOAT);
        FloatVector s21 = FloatVector.zero(Lanes.FLOAT);
        FloatVector s22 = FloatVector.zero(Lanes.FLOAT);
        FloatVector s23 = FloatVector.zero(Lanes.FLOAT);
        for (int i = 0; i < pairs; i++) {
            IntVector k0 = IntVector.fromMemorySegment(Lanes.INT, keys, a + i * 64L, LITTLE_ENDIAN);
            IntVector k1 = IntVector.fromMemorySegment(Lanes.INT, keys, b + i * 64L, LITTLE_ENDIAN);
            IntVector k2 = IntVector.fromMemorySegment(Lanes.INT, keys, c + i * 64L, LITTLE_ENDIAN);
            IntVector k3 = IntVector.fromMemorySegment(Lanes.INT, keys, d + i * 64L, LITTLE_ENDIAN);
            FloatVector low0 = k0.lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector low1 = k1.lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector low2 = k2.lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector low3 = k3.lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector qLow0 = FloatVector.broadcast(Lanes.FLOAT, q[qAt + 2 * i]);
            s00 = low0.fma(qLow0, s00);
            s01 = low1.fma(qLow0, s01);
            s02 = low2.fma(qLow0, s02);
            s03 = low3.fma(qLow0, s03);
            FloatVector qLow1 = FloatVector.broadcast(Lanes.FLOAT, q[qAt + qStride + 2 * i]);
            s10 = low0.fma(qLow1, s10);
            s11 = low1.fma(qLow1, s11);
            s12 = low2.fma(qLow1, s12);
            s13 = low3.fma(qLow1, s13);
            FloatVector qLow2 = FloatVector.broadcast(Lanes.FLOAT, q[qAt + 2 * qStride + 2 * i]);
            s20 = low0.fma(qLow2, s20);
            s21 = low1.fma(qLow2, s21);
            s22 = low2.fma(qLow2, s22);
            s23 = low3.fma(qLow2, s23);
            FloatVector high0 = k0.and(HIGH).reinterpretAsFloats();
            FloatVector high1 = k1.and(HIGH).reinterpretAsFloats();
            FloatVector high2 = k2.and(HIGH).reinterpretAsFloats();
            FloatVector high3 = k3.and(HIGH).reinterpretAsFloats();
            FloatVector qHigh0 = FloatVector.broadcast(Lanes.FLOAT, q[qAt + 2 * i + 1]);
            s00 = high0.fma(qHigh0, s00);
            s01 = high1.fma(qHigh0, s01);
            s02 = high2.fma(qHigh0, s02);
            s03 = high3.fma(qHigh0, s03);
            FloatVector qHigh1 = FloatVector.broadcast(Lanes.FLOAT, q[qAt + qStride + 2 * i + 1]);
            s10 = high0.fma(qHigh1, s10);
            s11 = high1.fma(qHigh1, s11);
            s12 = high2.fma(qHigh1, s12);
            s13 = high3.fma(qHigh1, s13);
            FloatVector qHigh2 = FloatVector.broadcast(Lanes.FLOAT, q[qAt + 2 * qStride + 2 * i + 1]);
            s20 = high0.fma(qHigh2, s20);
            s21 = high1.fma(qHigh2, s21);
            s22 = high2.fma(qHigh2, s22);
            s23 = high3.fma(qHigh2, s23);
        }
        s00.mul(scale).intoArray(s, at);
        s01.mul(scale).intoArray(s, at + L);
        s02.mul(scale).intoArray(s, at + 2 * L);
        s03.mul(scale).intoArray(s, at + 3 * L);
        s10.mul(scale).intoArray(s, at + Pages.SEGMENT);
        s11.mul(scale).intoArray(s, at + Pages.SEGMENT + L);
        s12.mul(scale).intoArray(s, at + Pages.SEGMENT + 2 * L);
        s13.mul(scale).intoArray(s, at + Pages.SEGMENT + 3 * L);
        s20.mul(scale).intoArray(s, at + 2 * Pages.SEGMENT);
        s21.mul(scale).intoArray(s, at + 2 * Pages.SEGMENT + L);
        s22.mul(scale).intoArray(s, at + 2 * Pages.SEGMENT + 2 * L);
        s23.mul(scale).intoArray(s, at + 2 * Pages.SEGMENT + 3 * L);
    }

    private static void four(
            MemorySegment keys,
            long a,
            long b,
            long c,
            long d,
            int pairs,
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
        FloatVector s20 = FloatVector.zero(Lanes.FLOAT);
        FloatVector s21 = FloatVector.zero(Lanes.FLOAT);
        FloatVector s22 = FloatVector.zero(Lanes.FLOAT);
        FloatVector s23 = FloatVector.zero(Lanes.FLOAT);
        FloatVector s30 = FloatVector.zero(Lanes.FLOAT);
        FloatVector s31 = FloatVector.zero(Lanes.FLOAT);
        FloatVector s32 = FloatVector.zero(Lanes.FLOAT);
        FloatVector s33 = FloatVector.zero(Lanes.FLOAT);
        for (int i = 0; i < pairs; i++) {
            IntVector k0 = IntVector.fromMemorySegment(Lanes.INT, keys, a + i * 64L, LITTLE_ENDIAN);
            IntVector k1 = IntVector.fromMemorySegment(Lanes.INT, keys, b + i * 64L, LITTLE_ENDIAN);
            IntVector k2 = IntVector.fromMemorySegment(Lanes.INT, keys, c + i * 64L, LITTLE_ENDIAN);
            IntVector k3 = IntVector.fromMemorySegment(Lanes.INT, keys, d + i * 64L, LITTLE_ENDIAN);
            FloatVector low0 = k0.lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector low1 = k1.lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector low2 = k2.lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector low3 = k3.lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector qLow0 = FloatVector.broadcast(Lanes.FLOAT, q[qAt + 2 * i]);
            s00 = low0.fma(qLow0, s00);
            s01 = low1.fma(qLow0, s01);
            s02 = low2.fma(qLow0, s02);
            s03 = low3.fma(qLow0, s03);
            FloatVector qLow1 = FloatVector.broadcast(Lanes.FLOAT, q[qAt + qStride + 2 * i]);
            s10 = low0.fma(qLow1, s10);
            s11 = low1.fma(qLow1, s11);
            s12 = low2.fma(qLow1, s12);
            s13 = low3.fma(qLow1, s13);
            FloatVector qLow2 = FloatVector.broadcast(Lanes.FLOAT, q[qAt + 2 * qStride + 2 * i]);
            s20 = low0.fma(qLow2, s20);
            s21 = low1.fma(qLow2, s21);
            s22 = low2.fma(qLow2, s22);
            s23 = low3.fma(qLow2, s23);
            FloatVector qLow3 = FloatVector.broadcast(Lanes.FLOAT, q[qAt + 3 * qStride + 2 * i]);
            s30 = low0.fma(qLow3, s30);
            s31 = low1.fma(qLow3, s31);
            s32 = low2.fma(qLow3, s32);
            s33 = low3.fma(qLow3, s33);
            FloatVector high0 = k0.and(HIGH).reinterpretAsFloats();
            FloatVector high1 = k1.and(HIGH).reinterpretAsFloats();
            FloatVector high2 = k2.and(HIGH).reinterpretAsFloats();
            FloatVector high3 = k3.and(HIGH).reinterpretAsFloats();
            FloatVector qHigh0 = FloatVector.broadcast(Lanes.FLOAT, q[qAt + 2 * i + 1]);
            s00 = high0.fma(qHigh0, s00);
            s01 = high1.fma(qHigh0, s01);
            s02 = high2.fma(qHigh0, s02);
            s03 = high3.fma(qHigh0, s03);
            FloatVector qHigh1 = FloatVector.broadcast(Lanes.FLOAT, q[qAt + qStride + 2 * i + 1]);
            s10 = high0.fma(qHigh1, s10);
            s11 = high1.fma(qHigh1, s11);
            s12 = high2.fma(qHigh1, s12);
            s13 = high3.fma(qHigh1, s13);
            FloatVector qHigh2 = FloatVector.broadcast(Lanes.FLOAT, q[qAt + 2 * qStride + 2 * i + 1]);
            s20 = high0.fma(qHigh2, s20);
            s21 = high1.fma(qHigh2, s21);
            s22 = high2.fma(qHigh2, s22);
            s23 = high3.fma(qHigh2, s23);
            FloatVector qHigh3 = FloatVector.broadcast(Lanes.FLOAT, q[qAt + 3 * qStride + 2 * i + 1]);
            s30 = high0.fma(qHigh3, s30);
            s31 = high1.fma(qHigh3, s31);
            s32 = high2.fma(qHigh3, s32);
            s33 = high3.fma(qHigh3, s33);
        }
        s00.mul(scale).intoArray(s, at);
        s01.mul(scale).intoArray(s, at + L);
        s02.mul(scale).intoArray(s, at + 2 * L);
        s03.mul(scale).intoArray(s, at + 3 * L);
        s10.mul(scale).intoArray(s, at + Pages.SEGMENT);
        s11.mul(scale).intoArray(s, at + Pages.SEGMENT + L);
        s12.mul(scale).intoArray(s, at + Pages.SEGMENT + 2 * L);
        s13.mul(scale).intoArray(s, at + Pages.SEGMENT + 3 * L);
        s20.mul(scale).intoArray(s, at + 2 * Pages.SEGMENT);
        s21.mul(scale).intoArray(s, at + 2 * Pages.SEGMENT + L);
        s22.mul(scale).intoArray(s, at + 2 * Pages.SEGMENT + 2 * L);
        s23.mul(scale).intoArray(s, at + 2 * Pages.SEGMENT + 3 * L);
        s30.mul(scale).intoArray(s, at + 3 * Pages.SEGMENT);
        s31.mul(scale).intoArray(s, at + 3 * Pages.SEGMENT + L);
        s32.mul(scale).intoArray(s, at + 3 * Pages.SEGMENT + 2 * L);
        s33.mul(scale).intoArray(s, at + 3 * Pages.SEGMENT + 3 * L);
    }
}
