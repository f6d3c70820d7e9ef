package dev.quire.backends.tornado.device;

/**
 * The order of logits (RULES, S9 and N13) as that of signed numbers, for kernels in Java. They are compared by their bits, which lie in memory: TornadoVM
 * may turn a comparison of floats round, and NaN then changes sides. It also turns round what is joined by "and" or "or" and loses a "not": so conditions are
 * single ones, of numbers that combine what they depend on. Kernels inline these.
 */
final class Ranks {
    /** Less than every key. */
    static final long NOTHING = -0x7fffffff00000000L;
    /** More than every key. */
    static final long EVERYTHING = 0x7fffffff00000000L;

    private static final int INFINITY = 0x7f800000;
    private static final long LAST = 0xffffffffL;

    private Ranks() {}

    /** Larger for a larger logit, and among equal logits for a lower id; NaN comes after −∞. */
    static long key(int bits, int id) {
        return ((long) order(bits) << 32) + (LAST - id);
    }

    /** The id in a key. */
    static int id(long key) {
        return (int) (LAST - (key & LAST));
    }

    /** Larger for a larger logit, the same for both zeros, and the least for NaN. */
    static int order(int bits) {
        int magnitude = bits & 0x7fffffff;
        int order = bits < 0 ? -magnitude : magnitude;
        return magnitude > INFINITY ? -INFINITY - 1 : order;
    }

    static boolean isNan(int bits) {
        return (bits & 0x7fffffff) > INFINITY;
    }

    /** Not 0 where a logit's distance from another one is a number: it is not NaN, nor are both the same infinity. */
    static int distant(int bits, int from) {
        int magnitude = bits & 0x7fffffff;
        int nan = (INFINITY - magnitude) >> 31;
        return ((magnitude ^ INFINITY) | (bits ^ from)) & ~nan;
    }
}
