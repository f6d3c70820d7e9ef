package dev.quire.backends.tornado.device;

/**
 * Masses of tokens and numbers below them for kernels in Java. No number here has its 64th bit set: in OpenCL C, which TornadoVM writes, a shift of Java's
 * that brings zeros in copies it. Kernels inline these.
 */
final class Draws {
    private static final long WORD = 0xffffffffL;
    private static final int ROUNDS = 10;

    private Draws() {}

    /** ⌊p · 2^40⌋ from the bits of p in [0, 1]; none for a dropped token, whose bits are −1 (RULES, S5). */
    static long mass(int bits) {
        int shift = (bits >> 23) - 110;
        long significand = (bits & 0x7fffff) | 0x800000;
        long mass = 0;
        if (shift >= -23) {
            mass = shift >= 0 ? significand << shift : significand >> -shift;
        }
        return mass;
    }

    /**
     * A word of a block of Philox 4×32 with ten rounds (Salmon et al. 2011 §4.3; RULES, S8). Each word is a long below 2^32.
     *
     * @param second whether it is the second one, not the first
     */
    static long philox(int key0, int key1, int counter0, int counter1, boolean second) {
        long x0 = counter0 & WORD;
        long x1 = counter1 & WORD;
        long x2 = 0;
        long x3 = 0;
        long k0 = key0 & WORD;
        long k1 = key1 & WORD;
        for (int round = 0; round < ROUNDS; round++) {
            long y0 = high(0xcd9e8d57L, x2) ^ x1 ^ k0;
            long y2 = high(0xd2511f53L, x0) ^ x3 ^ k1;
            x1 = low(0xcd9e8d57L, x2);
            x3 = low(0xd2511f53L, x0);
            x0 = y0;
            x2 = y2;
            k0 = (k0 + 0x9e3779b9L) & WORD;
            k1 = (k1 + 0xbb67ae85L) & WORD;
        }
        return second ? x1 : x0;
    }

    /** ⌊fraction · mass / 2^64⌋ of a fraction in two words and a mass below 2^62 (RULES, S6). */
    static long below(long fraction1, long fraction0, long mass) {
        long mass1 = mass >> 32;
        long mass0 = mass & WORD;
        long first = low(fraction1, mass0) + high(fraction0, mass0);
        long second = fraction0 * mass1 + (first & WORD);
        return fraction1 * mass1 + high(fraction1, mass0) + (first >> 32) + (second >> 32);
    }

    /** The upper word of a product of words. */
    private static long high(long a, long b) {
        return (a * (b >> 16) + (a * (b & 0xffff) >> 16)) >> 16;
    }

    /** The lower one. */
    private static long low(long a, long b) {
        return (((a * (b >> 16)) & 0xffff) << 16) + a * (b & 0xffff) & WORD;
    }
}
