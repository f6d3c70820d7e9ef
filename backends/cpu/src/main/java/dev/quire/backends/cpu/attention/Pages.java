package dev.quire.backends.cpu.attention;

import dev.quire.backends.cpu.elementwise.Lanes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The fixed sizes of paged attention, and where vectors lie in a page. */
final class Pages {
    /** Tokens of a page, the unit of the memory layout. A block is one page or several. */
    static final int TOKENS = 16;
    /** Tokens of a segment, the unit of the canonical order. */
    static final int SEGMENT = 512;
    /** Tokens whose keys and values stay in the first-level cache while every row of a tile meets them. */
    static final int CHUNK = 64;

    static final int PER_SEGMENT = SEGMENT / TOKENS;

    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED;

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

    /**
     * Reads a word of every cache line of a segment's pages, in the order of memory: the hardware fetches ahead along such a run, which it does
     * not along the kernels' four short ones. Gains a third when pages come from memory and costs little when they do not.
     */
    static long touch(MemorySegment memory, long[] pages, int from, int to, long pageBytes) {
        long a = 0;
        long b = 0;
        long c = 0;
        long d = 0;
        int whole = (int) pageBytes & -256;
        for (int page = from / TOKENS; page <= (to - 1) / TOKENS; page++) {
            long start = pages[page];
            for (int at = 0; at < whole; at += 256) {
                a |= memory.get(WORD, start + at);
                b |= memory.get(WORD, start + at + 64);
                c |= memory.get(WORD, start + at + 128);
                d |= memory.get(WORD, start + at + 192);
            }
            for (int at = whole; at < pageBytes; at += 64) {
                a |= memory.get(WORD, start + at);
            }
        }
        return a | b | c | d;
    }
}
