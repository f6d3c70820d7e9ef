package dev.quire.backends.cpu.attention;

import dev.quire.api.types.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * One worker's pages of one segment: where they lie in the pool, or, of a pool of F8_E4M3, copies in bf16 that stay in the second-level cache, so
 * that memory gives the narrow codes alone and one set of kernels reads both.
 */
final class SegmentPages {
    /** Byte of each page of keys in {@link #keys}. */
    final long[] keyAt = new long[Pages.PER_SEGMENT];
    /** Byte of each page of values in {@link #values}. */
    final long[] valueAt = new long[Pages.PER_SEGMENT];

    private final boolean decoded;
    private final long keyBytes;
    private final long valueBytes;
    private final MemorySegment decodedKeys;
    private final MemorySegment decodedValues;
    private final long[] codedKeyAt;
    private final long[] codedValueAt;

    SegmentPages(DType dtype, int headSize) {
        this.decoded = dtype == DType.F8_E4M3;
        this.keyBytes = PagedKvPool.keyPageBytes(DType.BF16, headSize);
        this.valueBytes = PagedKvPool.valuePageBytes(DType.BF16, headSize);
        int pages = decoded ? Pages.PER_SEGMENT : 0;
        this.decodedKeys = Arena.ofAuto().allocate(pages * keyBytes, 64);
        this.decodedValues = Arena.ofAuto().allocate(pages * valueBytes, 64);
        this.codedKeyAt = new long[pages];
        this.codedValueAt = new long[pages];
    }

    /** Finds the pages of a segment's tokens {@code from} to {@code to − 1}; parameters as of {@link PagedKvPool#locate}. */
    void locate(PagedKvPool pool, int kvHead, int[] blockTable, int tableAt, int first, int from, int to) {
        if (!decoded) {
            pool.locate(kvHead, blockTable, tableAt, first, from, to, keyAt, valueAt);
            return;
        }
        pool.locate(kvHead, blockTable, tableAt, first, from, to, codedKeyAt, codedValueAt);
        for (int j = 0; j < Pages.PER_SEGMENT; j++) {
            long page = Math.clamp(j, from / Pages.TOKENS, (to - 1) / Pages.TOKENS);
            keyAt[j] = page * keyBytes;
            valueAt[j] = page * valueBytes;
        }
    }

    /** Decodes keys that need it. */
    void decodeKeys(PagedKvPool pool, int from, int to) {
        if (decoded) {
            decode(pool.keys(), codedKeyAt, decodedKeys, keyAt, pool.keyPageBytes(), from, to);
        }
    }

    /** Decodes values that need it. */
    void decodeValues(PagedKvPool pool, int from, int to) {
        if (decoded) {
            decode(pool.values(), codedValueAt, decodedValues, valueAt, pool.valuePageBytes(), from, to);
        }
    }

    private static void decode(
            MemorySegment coded, long[] codedAt, MemorySegment wide, long[] at, long bytes, int from, int to) {
        for (int page = from / Pages.TOKENS; page <= (to - 1) / Pages.TOKENS; page++) {
            E4M3Lines.decode(coded, codedAt[page], wide, at[page], bytes);
        }
    }

    /** Reads ahead what the kernels read in place. */
    long touchKeys(PagedKvPool pool, int from, int to) {
        return decoded ? 0 : Pages.touch(pool.keys(), keyAt, from, to, pool.keyPageBytes());
    }

    /** Reads ahead what the kernels read in place. */
    long touchValues(PagedKvPool pool, int from, int to) {
        return decoded ? 0 : Pages.touch(pool.values(), valueAt, from, to, pool.valuePageBytes());
    }

    MemorySegment keys(PagedKvPool pool) {
        return decoded ? decodedKeys : pool.keys();
    }

    MemorySegment values(PagedKvPool pool) {
        return decoded ? decodedValues : pool.values();
    }

    /** Whether the kernels read pages in the pool itself. */
    boolean inPlace() {
        return !decoded;
    }
}
