package dev.quire.api.format;

/** Philox 4×32 with ten rounds (Salmon et al. 2011 §4.3). */
final class Philox {
    private static final long M0 = 0xD2511F53L;
    private static final long M1 = 0xCD9E8D57L;
    private static final int W0 = 0x9E3779B9;
    private static final int W1 = 0xBB67AE85;
    private static final int ROUNDS = 10;

    private Philox() {}

    /** The four words under a key, its lower word first, of the counter (c0, c1, c2, 0). */
    static int[] block(long key, int c0, int c1, int c2) {
        int k0 = (int) key;
        int k1 = (int) (key >>> Integer.SIZE);
        int x0 = c0;
        int x1 = c1;
        int x2 = c2;
        int x3 = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long a = M0 * Integer.toUnsignedLong(x0);
            long b = M1 * Integer.toUnsignedLong(x2);
            x0 = (int) (b >>> Integer.SIZE) ^ x1 ^ k0;
            x1 = (int) b;
            x2 = (int) (a >>> Integer.SIZE) ^ x3 ^ k1;
            x3 = (int) a;
            k0 += W0;
            k1 += W1;
        }
        return new int[] {x0, x1, x2, x3};
    }
}
