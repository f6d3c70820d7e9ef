package dev.quire.backends.cpu.sampling;

/** Masses of tokens as integers, so that their sums have no order (RULES S4). Sums are unsigned. */
final class Mass {
    private Mass() {}

    /** ⌊p · 2⁴⁰⌋. */
    static long of(float p) {
        return (long) (p * 0x1p40f);
    }

    /** The mass of all of {@code p}. */
    static long sum(float[] p) {
        long sum = 0;
        for (float each : p) {
            sum += of(each);
        }
        return sum;
    }

    /** ⌊fraction · mass / 2⁶⁴⌋. */
    static long below(long fraction, long mass) {
        return Math.unsignedMultiplyHigh(fraction, mass);
    }

    /** ⌊topP · 2⁶⁴⌋ · mass / 2⁶⁴, cut to an integer, for topP in [0, 1): what the kept mass must exceed. */
    static long below(float topP, long mass) {
        double scaled = topP * 0x1p64;
        long fraction = scaled < 0x1p63 ? (long) scaled : (long) (scaled - 0x1p63) | Long.MIN_VALUE;
        return below(fraction, mass);
    }

    /** Whether {@code sum} exceeds {@code limit}. */
    static boolean exceeds(long sum, long limit) {
        return Long.compareUnsigned(sum, limit) > 0;
    }
}
