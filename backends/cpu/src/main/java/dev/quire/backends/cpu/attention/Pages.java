package dev.quire.backends.cpu.attention;

import dev.quire.backends.cpu.elementwise.Lanes;

/** The fixed sizes of paged attention, and where vectors lie in a page. */
final class Pages {
    /** Tokens of a page, the unit of the memory layout. A block is one page or several. */
    static final int TOKENS = 16;
    /** Tokens of a segment, the unit of the canonical order. */
    static final int SEGMENT = 512;
    /** Tokens whose keys and values stay in the first-level cache while every row of a tile meets them. */
    static final int CHUNK = 64;

    static final int PER_SEGMENT = SEGMENT / TOKENS;

    private Pages() {}

    /** Byte of token {@code t}'s first element among the keys: an int or a float per token, 64 bytes per step along the head. */
    static long keyOffset(long[] pages, int t) {
        return pages[t >> 4] + ((t & 15) << 2);
    }

    /** Byte of vector {@code u} of the first token of a page of values: panels of 64 bytes a token, 1 KiB a page. */
    static long valueOffset(int u) {
        int bytes = u * Lanes.BYTES;
        return bytes / 64 * 1024L + bytes % 64;
    }
}
