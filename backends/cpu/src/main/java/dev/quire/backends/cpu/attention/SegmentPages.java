package dev.quire.backends.cpu.attention;

import dev.quire.api.types.DType;
import dev.quire.backends.cpu.compiled.AttentionTile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * One worker's pages of one segment: where they lie in the pool, or, of a pool of F8_E4M3, copies in bf16 that stay in the second-level cache, so
 * that memory gives the narrow codes alone and one set of kernels reads both. The pages of the worker's next segment are known while it reads this one's.
 */
final class SegmentPages {
    /** Where a segment's pages lie. */
    private static final class Places {
        private final long[] keyAt = new long[Pages.PER_SEGMENT];
        private final long[] valueAt = new long[Pages.PER_SEGMENT];
        private final MemorySegment keys = MemorySegment.ofArray(keyAt);
        private final MemorySegment values = MemorySegment.ofArray(valueAt);
        /** Of the plan's line; −1 for none. */
        private long place = -1;

        private int from;
        private int to;

        private void find(AttentionPlan plan, long at, PagedKvPool pool, int[] blockTables, int tableStride) {
            int tile = plan.tileAt(at);
            int first = plan.segment(tile, at) * Pages.SEGMENT;
            int lowest = Math.max(plan.firstToken(tile) - first, 0);
            int highest = Math.min(plan.endToken(tile) - first, Pages.SEGMENT);
            place = at;
            from = lowest / Pages.TOKENS;
            to = Math.max(from, (highest + Pages.TOKENS - 1) / Pages.TOKENS);
            if (from < to) {
                int table = plan.sequence(tile) * tableStride;
                pool.locate(plan.kvHead(tile), blockTables, table, first, lowest, highest, keyAt, valueAt);
            }
        }
    }

    private final boolean decoded;
    private final long keyBytes;
    private final long valueBytes;
    private final MemorySegment decodedKeys;
    private final MemorySegment decodedValues;
    private final Places decodedAt = new Places();
    private Places now = new Places();
    private Places next = new Places();

    SegmentPages(DType dtype, int headSize) {
        this.decoded = dtype == DType.F8_E4M3;
        this.keyBytes = PagedKvPool.keyPageBytes(DType.BF16, headSize);
        this.valueBytes = PagedKvPool.valuePageBytes(DType.BF16, headSize);
        int pages = decoded ? Pages.PER_SEGMENT : 0;
        this.decodedKeys = Arena.ofAuto().allocate(pages * keyBytes, 64);
        this.decodedValues = Arena.ofAuto().allocate(pages * valueBytes, 64);
    }

    /** Forgets what came next: a step's pages are not another's. */
    void reset() {
        next.place = -1;
    }

    /**
     * Finds the pages at a place of the plan's line, and those at the next.
     *
     * @param end one past the last place that this worker comes to
     */
    void locate(AttentionPlan plan, long place, long end, PagedKvPool pool, int[] blockTables, int tableStride) {
        Places before = now;
        now = next;
        next = before;
        if (now.place != place) {
            now.find(plan, place, pool, blockTables, tableStride);
        }
        if (place + 1 < end) {
            next.find(plan, place + 1, pool, blockTables, tableStride);
        } else {
            next.place = -1;
            next.to = next.from;
        }
        for (int j = 0; decoded && j < Pages.PER_SEGMENT; j++) {
            long page = Math.clamp(j, now.from, Math.max(now.from, now.to - 1));
            decodedAt.keyAt[j] = page * keyBytes;
            decodedAt.valueAt[j] = page * valueBytes;
        }
    }

    /** Decodes keys that need it. */
    void decodeKeys(PagedKvPool pool) {
        if (decoded) {
            decode(pool.keys(), now.keyAt, decodedKeys, decodedAt.keyAt, pool.keyPageBytes());
        }
    }

    /** Decodes values that need it. */
    void decodeValues(PagedKvPool pool) {
        if (decoded) {
            decode(pool.values(), now.valueAt, decodedValues, decodedAt.valueAt, pool.valuePageBytes());
        }
    }

    private void decode(MemorySegment coded, long[] codedAt, MemorySegment wide, long[] at, long bytes) {
        for (int page = now.from; page < now.to; page++) {
            E4M3Lines.decode(coded, codedAt[page], wide, at[page], bytes);
        }
    }

    /** Reads ahead what the kernels read in place. */
    long touchKeys(PagedKvPool pool, int from, int to) {
        return decoded ? 0 : Pages.touch(pool.keys(), now.keyAt, from, to, pool.keyPageBytes());
    }

    /** Reads ahead what the kernels read in place. */
    long touchValues(PagedKvPool pool, int from, int to) {
        return decoded ? 0 : Pages.touch(pool.values(), now.valueAt, from, to, pool.valuePageBytes());
    }

    MemorySegment keys(PagedKvPool pool) {
        return decoded ? decodedKeys : pool.keys();
    }

    MemorySegment values(PagedKvPool pool) {
        return decoded ? decodedValues : pool.values();
    }

    /** Byte of each page of keys in {@link #keys}. */
    long[] keyAt() {
        return read().keyAt;
    }

    /** Byte of each page of values in {@link #values}. */
    long[] valueAt() {
        return read().valueAt;
    }

    MemorySegment keyPages() {
        return read().keys;
    }

    MemorySegment valuePages() {
        return read().values;
    }

    MemorySegment nextKeyPages() {
        return next.keys;
    }

    MemorySegment nextValuePages() {
        return next.values;
    }

    private Places read() {
        return decoded ? decodedAt : now;
    }

    /** Says to a tile which pages come next. */
    void announce(PagedKvPool pool, AttentionTile tile) {
        tile.then(next.from, next.to, pool.keys(), pool.values(), pool.keyPageBytes(), pool.valuePageBytes());
    }
}
