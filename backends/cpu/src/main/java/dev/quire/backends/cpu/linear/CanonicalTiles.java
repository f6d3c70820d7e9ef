package dev.quire.backends.cpu.linear;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The innermost loops of {@link CanonicalLinear}: two rows of x against four vectors of outputs of one panel, a lane for each output. Fused
 * multiply-adds round as separate ones do, since products of bf16 values are exact. Each run of words is read once, in order, for sixteen
 * sums; x is broadcast. One row alone runs as both: the weights then arrive twice as fast as in a loop over one row. No loop calls a method of ours
 * that returns a vector: whether the compiler inlines it is a matter of what it compiled before, and else the vector goes over the heap.
 */
final class CanonicalTiles {
    private static final int UPPER = 0xffff0000;

    private CanonicalTiles() {}

    /**
     * The partial sums of one slice, the first fold (xor 16) done.
     *
     * @param x0 index in {@code xs} where the first row's words of the slice begin
     * @param x1 of the second row
     * @param panel byte of {@code w} where the group's words of the slice begin
     * @param steps words of every run
     * @param longer how many runs have one word more
     * @param tile receives [16 runs][2 rows][{@link Lanes#GROUP}]
     */
    static void partials(float[] xs, int x0, int x1, MemorySegment w, long panel, int steps, int longer, float[] tile) {
        FloatVector zero = FloatVector.zero(Lanes.FLOATS);
        long at = panel;
        int p = x0;
        int q = x1;
        for (int run = 0; run < CanonicalLayout.RUNS; run++) {
            int words = run < longer ? steps + 1 : steps;
            FloatVector a0 = zero;
            FloatVector a1 = zero;
            FloatVector a2 = zero;
            FloatVector a3 = zero;
            FloatVector b0 = zero;
            FloatVector b1 = zero;
            FloatVector b2 = zero;
            FloatVector b3 = zero;
            FloatVector c0 = zero;
            FloatVector c1 = zero;
            FloatVector c2 = zero;
            FloatVector c3 = zero;
            FloatVector d0 = zero;
            FloatVector d1 = zero;
            FloatVector d2 = zero;
            FloatVector d3 = zero;
            for (int j = 0; j < words; j++) {
                FloatVector p0 = FloatVector.broadcast(Lanes.FLOATS, xs[p]);
                FloatVector p1 = FloatVector.broadcast(Lanes.FLOATS, xs[p + 1]);
                FloatVector q0 = FloatVector.broadcast(Lanes.FLOATS, xs[q]);
                FloatVector q1 = FloatVector.broadcast(Lanes.FLOATS, xs[q + 1]);
                IntVector w0 = IntVector.fromMemorySegment(Lanes.INTS, w, at, Lanes.ORDER);
                IntVector w1 = IntVector.fromMemorySegment(Lanes.INTS, w, at + Lanes.BYTES, Lanes.ORDER);
                IntVector w2 = IntVector.fromMemorySegment(Lanes.INTS, w, at + 2 * Lanes.BYTES, Lanes.ORDER);
                IntVector w3 = IntVector.fromMemorySegment(Lanes.INTS, w, at + 3 * Lanes.BYTES, Lanes.ORDER);
                FloatVector l0 = w0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
                a0 = l0.fma(p0, a0);
                c0 = l0.fma(q0, c0);
                FloatVector u0 = w0.and(UPPER).reinterpretAsFloats();
                b0 = u0.fma(p1, b0);
                d0 = u0.fma(q1, d0);
                FloatVector l1 = w1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
                a1 = l1.fma(p0, a1);
                c1 = l1.fma(q0, c1);
                FloatVector u1 = w1.and(UPPER).reinterpretAsFloats();
                b1 = u1.fma(p1, b1);
                d1 = u1.fma(q1, d1);
                FloatVector l2 = w2.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
                a2 = l2.fma(p0, a2);
                c2 = l2.fma(q0, c2);
                FloatVector u2 = w2.and(UPPER).reinterpretAsFloats();
                b2 = u2.fma(p1, b2);
                d2 = u2.fma(q1, d2);
                FloatVector l3 = w3.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
                a3 = l3.fma(p0, a3);
                c3 = l3.fma(q0, c3);
                FloatVector u3 = w3.and(UPPER).reinterpretAsFloats();
                b3 = u3.fma(p1, b3);
                d3 = u3.fma(q1, d3);
                p += 2;
                q += 2;
                at += 4L * Panels.WIDTH;
            }
            int to = run * 2 * Lanes.GROUP;
            a0.add(b0).intoArray(tile, to);
            a1.add(b1).intoArray(tile, to + Lanes.COUNT);
            a2.add(b2).intoArray(tile, to + 2 * Lanes.COUNT);
            a3.add(b3).intoArray(tile, to + 3 * Lanes.COUNT);
            c0.add(d0).intoArray(tile, to + Lanes.GROUP);
            c1.add(d1).intoArray(tile, to + Lanes.GROUP + Lanes.COUNT);
            c2.add(d2).intoArray(tile, to + Lanes.GROUP + 2 * Lanes.COUNT);
            c3.add(d3).intoArray(tile, to + Lanes.GROUP + 3 * Lanes.COUNT);
        }
    }

    /**
     * Folds 16 runs into one slice by xor 8, 4, 2 and 1.
     *
     * @param tile what {@link #partials} wrote
     * @param to index in {@code slices} of the result, [2 rows][{@link Lanes#GROUP}]
     */
    static void foldRuns(float[] tile, float[] slices, int to) {
        int size = 2 * Lanes.GROUP;
        for (int i = 0; i < size; i += Lanes.COUNT) {
            FloatVector r0 = FloatVector.fromArray(Lanes.FLOATS, tile, i)
                    .add(FloatVector.fromArray(Lanes.FLOATS, tile, i + 8 * size));
            FloatVector r1 = FloatVector.fromArray(Lanes.FLOATS, tile, i + size)
                    .add(FloatVector.fromArray(Lanes.FLOATS, tile, i + 9 * size));
            FloatVector r2 = FloatVector.fromArray(Lanes.FLOATS, tile, i + 2 * size)
                    .add(FloatVector.fromArray(Lanes.FLOATS, tile, i + 10 * size));
            FloatVector r3 = FloatVector.fromArray(Lanes.FLOATS, tile, i + 3 * size)
                    .add(FloatVector.fromArray(Lanes.FLOATS, tile, i + 11 * size));
            FloatVector r4 = FloatVector.fromArray(Lanes.FLOATS, tile, i + 4 * size)
                    .add(FloatVector.fromArray(Lanes.FLOATS, tile, i + 12 * size));
            FloatVector r5 = FloatVector.fromArray(Lanes.FLOATS, tile, i + 5 * size)
                    .add(FloatVector.fromArray(Lanes.FLOATS, tile, i + 13 * size));
            FloatVector r6 = FloatVector.fromArray(Lanes.FLOATS, tile, i + 6 * size)
                    .add(FloatVector.fromArray(Lanes.FLOATS, tile, i + 14 * size));
            FloatVector r7 = FloatVector.fromArray(Lanes.FLOATS, tile, i + 7 * size)
                    .add(FloatVector.fromArray(Lanes.FLOATS, tile, i + 15 * size));
            FloatVector even = r0.add(r4).add(r2.add(r6));
            FloatVector odd = r1.add(r5).add(r3.add(r7));
            even.add(odd).intoArray(slices, to + i);
        }
    }

    /** Folds {@code count} (a power of two) runs of {@code size} sums into the first: i takes i xor count/2, then the half of that, down to 1. */
    static void fold(float[] sums, int count, int size) {
        for (int half = count / 2 * size; half >= size; half /= 2) {
            for (int i = 0; i < half; i += Lanes.COUNT) {
                FloatVector.fromArray(Lanes.FLOATS, sums, i)
                        .add(FloatVector.fromArray(Lanes.FLOATS, sums, i + half))
                        .intoArray(sums, i);
            }
        }
    }
}
