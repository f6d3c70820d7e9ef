package dev.quire.backends.cpu.attention;

import dev.quire.api.memory.CacheGroup;
import dev.quire.api.types.DType;
import dev.quire.api.types.Support;
import dev.quire.backends.cpu.compiled.AttentionKernels;
import dev.quire.backends.cpu.elementwise.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * The keys and values of one layer in pages of 16 tokens. Keys and values lie apart, each head-major, so that a head's pages of neighbouring
 * blocks are one contiguous run.
 *
 * <pre>
 * keys    [kvHeads][page][headSize / 2][16 tokens] pairs             or [kvHeads][page][headSize][16 tokens] of float32
 * values  [kvHeads][page][panel][16 tokens][16] pairs (i, i + 16)    or [kvHeads][page][panel][16 tokens][16] of float32
 * </pre>
 *
 * Pairs are of bf16, or of F8_E4M3. A panel holds 32 elements in pairs, or 16 of float32; values are padded to a multiple of 32 elements,
 * which stay zero. Writes to distinct slots may run on any threads; no other call may overlap with them. The memory belongs to the arena.
 */
public final class PagedKvPool {
    /** Element types of pages. */
    public static final Set<DType> TYPES =
            Collections.unmodifiableSet(EnumSet.of(DType.F32, DType.BF16, DType.F8_E4M3));

    private final DType dtype;
    private final int blockSize;
    private final int pagesPerBlock;
    private final int kvHeads;
    private final int headSize;
    private final long pages;
    private final long keyPageBytes;
    private final long valuePageBytes;
    private final MemorySegment keys;
    private final MemorySegment values;
    private final PageWriter writer;

    /**
     * Allocates one layer of a group, zeroed.
     *
     * @throws IllegalArgumentException if {@link #supports} refuses the group
     */
    public PagedKvPool(Arena arena, CacheGroup.PagedKv group) {
        if (supports(group) instanceof Support.No(String reason)) {
            throw new IllegalArgumentException(reason);
        }
        this.dtype = group.dtype();
        this.blockSize = group.blockSize();
        this.pagesPerBlock = blockSize / Pages.TOKENS;
        this.kvHeads = group.kvHeads();
        this.headSize = group.headSize();
        this.pages = (long) group.blocks() * pagesPerBlock;
        this.keyPageBytes = keyPageBytes(dtype, headSize);
        this.valuePageBytes = valuePageBytes(dtype, headSize);
        this.keys = arena.allocate(Math.max(1, kvHeads * pages * keyPageBytes), 64);
        this.values = arena.allocate(Math.max(1, kvHeads * pages * valuePageBytes), 64);
        this.writer = new PageWriter(dtype, headSize);
    }

    /** Whether a group can be held: one of {@link #TYPES}, blocks of whole pages. */
    public static Support supports(CacheGroup.PagedKv group) {
        if (!TYPES.contains(group.dtype())) {
            return Support.no("KV cache '%s' of %s: the CPU backend keeps keys and values in one of %s"
                    .formatted(group.name(), group.dtype(), TYPES));
        }
        if (group.blockSize() % Pages.TOKENS != 0) {
            return Support.no(
                    "KV cache '%s' with blocks of %d tokens: the CPU backend needs a multiple of %d, such as %d"
                            .formatted(group.name(), group.blockSize(), Pages.TOKENS, Pages.TOKENS));
        }
        return Support.YES;
    }

    /** Bytes that all layers of a group take, padding included. */
    public static long bytes(CacheGroup.PagedKv group) {
        long perPage = keyPageBytes(group.dtype(), group.headSize()) + valuePageBytes(group.dtype(), group.headSize());
        return group.layers() * (long) group.kvHeads() * group.blocks() * group.blockSize() / Pages.TOKENS * perPage;
    }

    /** Bytes of one element, or one pair, of each token of a page. */
    static long lineBytes(DType dtype) {
        return dtype == DType.F8_E4M3 ? 32 : 64;
    }

    /** Bytes of one head's page of keys. */
    static long keyPageBytes(DType dtype, int headSize) {
        return (dtype == DType.F32 ? headSize : (headSize + 1) / 2) * lineBytes(dtype);
    }

    /** Bytes of one head's page of values. */
    static long valuePageBytes(DType dtype, int headSize) {
        return (long) padded(headSize) * Pages.TOKENS * dtype.bytes();
    }

    /** Elements of a head of values with their padding. */
    static int padded(int headSize) {
        return (headSize + 31) & ~31;
    }

    /**
     * Stores rows {@code from} to {@code to − 1}; a slot below zero stores nothing.
     *
     * @param k [T, kvHeads · headSize]
     * @param v [T, kvHeads · headSize]
     * @param slots [T] {@code block · blockSize + offset}
     */
    public void write(Matrix k, Matrix v, int[] slots, int from, int to) {
        int[] scratch = writer.scratch();
        for (int row = from; row < to; row++) {
            int slot = slots[row];
            if (slot >= 0) {
                writeRow(k, v, row, slot, scratch);
            }
        }
    }

    /** The same bits in C where the pool is of BF16, in Java where it is not. */
    public void write(AttentionKernels kernels, Matrix k, Matrix v, int[] slots, int from, int to) {
        if (dtype != DType.BF16) {
            write(k, v, slots, from, to);
            return;
        }
        MemorySegment where = MemorySegment.ofArray(slots);
        kernels.write(from, to, where, kvHeads, headSize, k, v, keys, keyPageBytes, values, valuePageBytes, pages);
    }

    private void writeRow(Matrix k, Matrix v, int row, int slot, int[] scratch) {
        long page = slot / Pages.TOKENS;
        int token = slot % Pages.TOKENS;
        for (int head = 0; head < kvHeads; head++) {
            long element = (long) head * headSize * Float.BYTES;
            writer.key(
                    k.memory(),
                    k.at(row) + element,
                    keys,
                    keyPage(head, page) + token * lineBytes(dtype) / Pages.TOKENS,
                    scratch);
            writer.value(
                    v.memory(), v.at(row) + element, values, valuePage(head, page) + token * lineBytes(dtype), scratch);
        }
    }

    /** Copies a block, keys and values of every head. */
    public void copyBlock(int source, int destination) {
        long keyBytes = pagesPerBlock * keyPageBytes;
        long valueBytes = pagesPerBlock * valuePageBytes;
        for (int head = 0; head < kvHeads; head++) {
            MemorySegment.copy(keys, blockKeys(head, source), keys, blockKeys(head, destination), keyBytes);
            MemorySegment.copy(values, blockValues(head, source), values, blockValues(head, destination), valueBytes);
        }
    }

    /** Bytes of one block of this layer as {@link #save} writes it: no padding. */
    public long blockBytes() {
        return 2L * kvHeads * blockSize * headSize * dtype.bytes();
    }

    /** Writes a block's bytes to host memory; only {@link #restore} of a pool of the same group reads them. */
    public void save(int block, MemorySegment host, long offset) {
        BlockImage image = new BlockImage(dtype, headSize);
        long at = offset;
        for (int head = 0; head < kvHeads; head++) {
            for (int page = 0; page < pagesPerBlock; page++) {
                at = image.saveKeys(keys, blockKeys(head, block) + page * keyPageBytes, host, at);
                at = image.saveValues(values, blockValues(head, block) + page * valuePageBytes, host, at);
            }
        }
    }

    /** Reads back what {@link #save} wrote, into any block. */
    public void restore(int block, MemorySegment host, long offset) {
        BlockImage image = new BlockImage(dtype, headSize);
        long at = offset;
        for (int head = 0; head < kvHeads; head++) {
            for (int page = 0; page < pagesPerBlock; page++) {
                at = image.restoreKeys(host, at, keys, blockKeys(head, block) + page * keyPageBytes);
                at = image.restoreValues(host, at, values, blockValues(head, block) + page * valuePageBytes);
            }
        }
    }

    /**
     * Byte offsets of the pages of a segment. Table entries outside the pages of tokens {@code from} to {@code to − 1} are not read: the nearest
     * page of those stands in.
     *
     * @param first position of the segment's first token
     * @param from first token wanted, within the segment
     * @param to one past the last token wanted, within the segment
     */
    void locate(int kvHead, int[] blockTable, int tableAt, int first, int from, int to, long[] keyAt, long[] valueAt) {
        int lowest = from / Pages.TOKENS;
        int highest = (to - 1) / Pages.TOKENS;
        for (int j = lowest; j <= highest; j++) {
            int index = first / Pages.TOKENS + j;
            long block = blockTable[tableAt + index / pagesPerBlock];
            long page = block * pagesPerBlock + index % pagesPerBlock;
            keyAt[j] = keyPage(kvHead, page);
            valueAt[j] = valuePage(kvHead, page);
        }
        Arrays.fill(keyAt, 0, lowest, keyAt[lowest]);
        Arrays.fill(valueAt, 0, lowest, valueAt[lowest]);
        Arrays.fill(keyAt, highest + 1, Pages.PER_SEGMENT, keyAt[highest]);
        Arrays.fill(valueAt, highest + 1, Pages.PER_SEGMENT, valueAt[highest]);
    }

    private long keyPage(int head, long page) {
        return (head * pages + page) * keyPageBytes;
    }

    private long valuePage(int head, long page) {
        return (head * pages + page) * valuePageBytes;
    }

    private long blockKeys(int head, int block) {
        return keyPage(head, (long) block * pagesPerBlock);
    }

    private long blockValues(int head, int block) {
        return valuePage(head, (long) block * pagesPerBlock);
    }

    DType dtype() {
        return dtype;
    }

    int kvHeads() {
        return kvHeads;
    }

    int headSize() {
        return headSize;
    }

    /** Bytes of one head's page of keys. */
    long keyPageBytes() {
        return keyPageBytes;
    }

    /** Bytes of one head's page of values. */
    long valuePageBytes() {
        return valuePageBytes;
    }

    MemorySegment keys() {
        return keys;
    }

    MemorySegment values() {
        return values;
    }
}
