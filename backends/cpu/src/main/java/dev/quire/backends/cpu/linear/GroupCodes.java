package dev.quire.backends.cpu.linear;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Reads packed codes, each as the float 1 + u/2^bits: its bits lie where the upper bits of a float's fraction are, or come there as
 * the word is rotated, so nothing is converted. A plane's word has the code of its first input in place; each rotation by the width
 * of the plane brings the next one.
 *
 * <p>{@link #dot} multiplies one row with codes in registers, {@link #expand} writes a stripe of codes to be shared by many rows.
 */
final class GroupCodes {
    /** Floats of an expanded stripe, [32][64]. */
    static final int STRIPE_SIZE = GroupFormat.STRIPE * Panels.WIDTH;

    private static final int ONE = 0x3f80_0000;

    private GroupCodes() {}

    /** t[g, c] = Σ x·code over each group g of the row's inputs, for the columns from {@code lane}, by multiply-adds in order. */
    static void dot(GroupRun run, int row, int lane, float[] t) {
        GroupFormat format = run.format();
        int stripes = run.inputs() / GroupFormat.STRIPE;
        int perStripe = GroupFormat.STRIPE / format.group();
        int x = (run.firstRow() + row) * run.inputs();
        for (int stripe = 0; stripe < stripes; stripe++, x += GroupFormat.STRIPE) {
            long words = run.panel() + format.stripeOffset(stripe) + 4L * lane;
            int to = stripe * perStripe * Panels.WIDTH + lane;
            if (format.highBits() == 0) {
                dotOnePlane(format.lowBits(), format.group(), run.packed(), words, run.x(), x, t, to);
            } else {
                dotTwoPlanes(format, run.packed(), words, run.x(), x, t, to);
            }
        }
    }

    private static void dotOnePlane(
            int bits, int group, MemorySegment packed, long words, float[] xs, int x0, float[] t, int to) {
        int perWord = Integer.SIZE / bits;
        IntVector mask = IntVector.broadcast(Lanes.INTS, GroupFormat.lowMask(bits, 0));
        IntVector one = IntVector.broadcast(Lanes.INTS, ONE);
        long word = words;
        int x = x0;
        int out = to;
        for (int first = 0; first < GroupFormat.STRIPE; first += group, out += Panels.WIDTH) {
            FloatVector t0 = FloatVector.zero(Lanes.FLOATS);
            FloatVector t1 = FloatVector.zero(Lanes.FLOATS);
            FloatVector t2 = FloatVector.zero(Lanes.FLOATS);
            FloatVector t3 = FloatVector.zero(Lanes.FLOATS);
            for (int k = 0; k < group; k += perWord, word += GroupFormat.WORDS) {
                IntVector w0 = IntVector.fromMemorySegment(Lanes.INTS, packed, word, Lanes.ORDER);
                IntVector w1 = IntVector.fromMemorySegment(Lanes.INTS, packed, word + Lanes.BYTES, Lanes.ORDER);
                IntVector w2 = IntVector.fromMemorySegment(Lanes.INTS, packed, word + 2L * Lanes.BYTES, Lanes.ORDER);
                IntVector w3 = IntVector.fromMemorySegment(Lanes.INTS, packed, word + 3L * Lanes.BYTES, Lanes.ORDER);
                for (int i = 0; i < perWord; i += 2, x += 2) {
                    FloatVector p = FloatVector.broadcast(Lanes.FLOATS, xs[x]);
                    FloatVector q = FloatVector.broadcast(Lanes.FLOATS, xs[x + 1]);
                    t0 = w0.and(mask).or(one).reinterpretAsFloats().fma(p, t0);
                    t1 = w1.and(mask).or(one).reinterpretAsFloats().fma(p, t1);
                    t2 = w2.and(mask).or(one).reinterpretAsFloats().fma(p, t2);
                    t3 = w3.and(mask).or(one).reinterpretAsFloats().fma(p, t3);
                    w0 = w0.lanewise(VectorOperators.ROL, bits);
                    w1 = w1.lanewise(VectorOperators.ROL, bits);
                    w2 = w2.lanewise(VectorOperators.ROL, bits);
                    w3 = w3.lanewise(VectorOperators.ROL, bits);
                    t0 = w0.and(mask).or(one).reinterpretAsFloats().fma(q, t0);
                    t1 = w1.and(mask).or(one).reinterpretAsFloats().fma(q, t1);
                    t2 = w2.and(mask).or(one).reinterpretAsFloats().fma(q, t2);
                    t3 = w3.and(mask).or(one).reinterpretAsFloats().fma(q, t3);
                    w0 = w0.lanewise(VectorOperators.ROL, bits);
                    w1 = w1.lanewise(VectorOperators.ROL, bits);
                    w2 = w2.lanewise(VectorOperators.ROL, bits);
                    w3 = w3.lanewise(VectorOperators.ROL, bits);
                }
            }
            t0.intoArray(t, out);
            t1.intoArray(t, out + Lanes.COUNT);
            t2.intoArray(t, out + 2 * Lanes.COUNT);
            t3.intoArray(t, out + 3 * Lanes.COUNT);
        }
    }

    private static void dotTwoPlanes(
            GroupFormat format, MemorySegment packed, long words, float[] xs, int x0, float[] t, int to) {
        int low = format.lowBits();
        int high = format.highBits();
        int group = format.group();
        int perWord = Integer.SIZE / low;
        int perHighWord = Integer.SIZE / high;
        IntVector lowMask = IntVector.broadcast(Lanes.INTS, GroupFormat.lowMask(low, high));
        IntVector highMask = IntVector.broadcast(Lanes.INTS, GroupFormat.highMask(high));
        IntVector one = IntVector.broadcast(Lanes.INTS, ONE);
        long word = words;
        long highWord = words + (long) low * GroupFormat.WORDS;
        int x = x0;
        int out = to;
        IntVector h0 = one;
        IntVector h1 = one;
        IntVector h2 = one;
        IntVector h3 = one;
        for (int first = 0; first < GroupFormat.STRIPE; first += group, out += Panels.WIDTH) {
            FloatVector t0 = FloatVector.zero(Lanes.FLOATS);
            FloatVector t1 = FloatVector.zero(Lanes.FLOATS);
            FloatVector t2 = FloatVector.zero(Lanes.FLOATS);
            FloatVector t3 = FloatVector.zero(Lanes.FLOATS);
            for (int k = first; k < first + group; k += perWord, word += GroupFormat.WORDS) {
                IntVector w0 = IntVector.fromMemorySegment(Lanes.INTS, packed, word, Lanes.ORDER);
                IntVector w1 = IntVector.fromMemorySegment(Lanes.INTS, packed, word + Lanes.BYTES, Lanes.ORDER);
                IntVector w2 = IntVector.fromMemorySegment(Lanes.INTS, packed, word + 2L * Lanes.BYTES, Lanes.ORDER);
                IntVector w3 = IntVector.fromMemorySegment(Lanes.INTS, packed, word + 3L * Lanes.BYTES, Lanes.ORDER);
                if (k % perHighWord == 0) {
                    h0 = IntVector.fromMemorySegment(Lanes.INTS, packed, highWord, Lanes.ORDER);
                    h1 = IntVector.fromMemorySegment(Lanes.INTS, packed, highWord + Lanes.BYTES, Lanes.ORDER);
                    h2 = IntVector.fromMemorySegment(Lanes.INTS, packed, highWord + 2L * Lanes.BYTES, Lanes.ORDER);
                    h3 = IntVector.fromMemorySegment(Lanes.INTS, packed, highWord + 3L * Lanes.BYTES, Lanes.ORDER);
                    highWord += GroupFormat.WORDS;
                }
                for (int i = 0; i < perWord; i++, x++) {
                    FloatVector p = FloatVector.broadcast(Lanes.FLOATS, xs[x]);
                    t0 = w0.and(lowMask)
                            .or(h0.and(highMask))
                            .or(one)
                            .reinterpretAsFloats()
                            .fma(p, t0);
                    t1 = w1.and(lowMask)
                            .or(h1.and(highMask))
                            .or(one)
                            .reinterpretAsFloats()
                            .fma(p, t1);
                    t2 = w2.and(lowMask)
                            .or(h2.and(highMask))
                            .or(one)
                            .reinterpretAsFloats()
                            .fma(p, t2);
                    t3 = w3.and(lowMask)
                            .or(h3.and(highMask))
                            .or(one)
                            .reinterpretAsFloats()
                            .fma(p, t3);
                    w0 = w0.lanewise(VectorOperators.ROL, low);
                    w1 = w1.lanewise(VectorOperators.ROL, low);
                    w2 = w2.lanewise(VectorOperators.ROL, low);
                    w3 = w3.lanewise(VectorOperators.ROL, low);
                    h0 = h0.lanewise(VectorOperators.ROL, high);
                    h1 = h1.lanewise(VectorOperators.ROL, high);
                    h2 = h2.lanewise(VectorOperators.ROL, high);
                    h3 = h3.lanewise(VectorOperators.ROL, high);
                }
            }
            t0.intoArray(t, out);
            t1.intoArray(t, out + Lanes.COUNT);
            t2.intoArray(t, out + 2 * Lanes.COUNT);
            t3.intoArray(t, out + 3 * Lanes.COUNT);
        }
    }

    /** Expands the stripe at byte {@code words} of {@code packed} to [32][64] floats, from {@code to}. */
    static void expand(GroupFormat format, MemorySegment packed, long words, float[] codes, int to) {
        int low = format.lowBits();
        int high = format.highBits();
        for (int lane = 0; lane < Panels.WIDTH; lane += Lanes.COUNT) {
            if (high == 0) {
                expandOnePlane(low, packed, words + 4L * lane, codes, to + lane);
            } else {
                expandTwoPlanes(low, high, packed, words + 4L * lane, codes, to + lane);
            }
        }
    }

    private static void expandOnePlane(int bits, MemorySegment packed, long words, float[] codes, int first) {
        int perWord = Integer.SIZE / bits;
        IntVector mask = IntVector.broadcast(Lanes.INTS, GroupFormat.lowMask(bits, 0));
        int to = first;
        for (int word = 0; word < bits; word++) {
            IntVector w = IntVector.fromMemorySegment(
                    Lanes.INTS, packed, words + (long) word * GroupFormat.WORDS, Lanes.ORDER);
            for (int i = 0; i < perWord; i++, to += Panels.WIDTH) {
                w.and(mask).or(ONE).reinterpretAsFloats().intoArray(codes, to);
                w = w.lanewise(VectorOperators.ROL, bits);
            }
        }
    }

    private static void expandTwoPlanes(int low, int high, MemorySegment packed, long words, float[] codes, int first) {
        int perWord = Integer.SIZE / low;
        int perHighWord = Integer.SIZE / high;
        IntVector lowMask = IntVector.broadcast(Lanes.INTS, GroupFormat.lowMask(low, high));
        IntVector highMask = IntVector.broadcast(Lanes.INTS, GroupFormat.highMask(high));
        IntVector one = IntVector.broadcast(Lanes.INTS, ONE);
        long highWord = words + (long) low * GroupFormat.WORDS;
        IntVector h = one;
        int to = first;
        for (int word = 0; word < low; word++) {
            IntVector w = IntVector.fromMemorySegment(
                    Lanes.INTS, packed, words + (long) word * GroupFormat.WORDS, Lanes.ORDER);
            if (word * perWord % perHighWord == 0) {
                h = IntVector.fromMemorySegment(Lanes.INTS, packed, highWord, Lanes.ORDER);
                highWord += GroupFormat.WORDS;
            }
            for (int i = 0; i < perWord; i++, to += Panels.WIDTH) {
                w.and(lowMask).or(h.and(highMask)).or(one).reinterpretAsFloats().intoArray(codes, to);
                w = w.lanewise(VectorOperators.ROL, low);
                h = h.lanewise(VectorOperators.ROL, high);
            }
        }
    }
}
