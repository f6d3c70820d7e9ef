package dev.quire.conformance.bits;

/** Philox 4×32 with ten rounds (Salmon et al. 2011 §4.3): a counter-based generator. */
final class Philox {
    private static final long M0 = 0xD2511F53L;
    private static final long M1 = 0xCD9E8D57L;
    private static final int W0 = 0x9E3779B9;
    private static final int W1 = 0xBB67AE85;

    private Philox() {}

    /** The first two words of block {@code counter} as one unsigned number, the first word above. */
    static long bits(long key, long counter) {
        int[] x = block(key, counter);
        return (long) x[0] << 32 | Integer.toUnsignedLong(x[1]);
    }

    /** The four words of block {@code counter}. */
    static int[] block(long key, long counter) {
        int k0 = (int) key;
        int k1 = (int) (key >>> 32);
        int[] x = {(int) counter, (int) (counter >>> 32), 0, 0};
        for (int round = 0; round < 10; round++) {
            long p0 = M0 * Integer.toUnsignedLong(x[0]);
            long p1 = M1 * Integer.toUnsignedLong(x[2]);
            x = new int[] {(int) (p1 >>> 32) ^ x[1] ^ k0, (int) p1, (int) (p0 >>> 32) ^ x[3] ^ k1, (int) p0};
            k0 += W0;
            k1 += W1;
        }
        return x;
    }
}
