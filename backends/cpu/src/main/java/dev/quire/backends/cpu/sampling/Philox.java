package dev.quire.backends.cpu.sampling;

/** Philox 4×32 with ten rounds (Salmon et al. 2011 §4.3): the same key and counter give the same number, on any thread and device. */
final class Philox {
    private static final int MULTIPLIER_0 = 0xD2511F53;
    private static final int MULTIPLIER_1 = 0xCD9E8D57;
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;
    private static final int ROUNDS = 10;

    private Philox() {}

    /** The first two words of block {@code counter} as one unsigned number, the first word above. */
    static long bits(long key, long counter) {
        int k0 = (int) key;
        int k1 = (int) (key >>> 32);
        int x0 = (int) counter;
        int x1 = (int) (counter >>> 32);
        int x2 = 0;
        int x3 = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long a = product(MULTIPLIER_0, x0);
            long b = product(MULTIPLIER_1, x2);
            x0 = (int) (b >>> 32) ^ x1 ^ k0;
            x1 = (int) b;
            x2 = (int) (a >>> 32) ^ x3 ^ k1;
            x3 = (int) a;
            k0 += WEYL_0;
            k1 += WEYL_1;
        }
        return (long) x0 << 32 | Integer.toUnsignedLong(x1);
    }

    private static long product(int a, int b) {
        return Integer.toUnsignedLong(a) * Integer.toUnsignedLong(b);
    }
}
