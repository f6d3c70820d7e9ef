package dev.quire.backends.cpu.attention;

import dev.quire.api.memory.CacheGroup;
import dev.quire.api.types.DType;
import java.lang.foreign.Arena;

/**
 * Keys and values of a step that no cache keeps (encoders): pages that each step fills anew, with the slots and block tables that make
 * {@link PagedAttention} see each sequence's own rows. A sequence's keys have the positions of its rows, counted from the start of the segment
 * that the first one lies in, so that segments are those of absolute positions. One thread prepares, any number read.
 */
public final class StepKeys {
    private final PagedKvPool pool;
    private final int tableStride;
    private final int[] slots;
    private final int[] positions;
    private final int[] firstKeys;
    private final int[] contextLengths;
    private final int[] blockTables;

    /**
     * @param maxTokens most rows of a step
     * @param maxSequences most sequences of a step
     */
    public StepKeys(Arena arena, AttentionShape shape, DType dtype, int maxTokens, int maxSequences) {
        int blocks = maxTokens / Pages.TOKENS + 2 * maxSequences;
        this.pool = new PagedKvPool(
                arena,
                new CacheGroup.PagedKv("step", 1, shape.kvHeads(), shape.headSize(), dtype, Pages.TOKENS, blocks));
        this.tableStride = (Pages.SEGMENT + maxTokens + Pages.TOKENS - 1) / Pages.TOKENS;
        this.slots = new int[maxTokens];
        this.positions = new int[maxTokens];
        this.firstKeys = new int[maxSequences];
        this.contextLengths = new int[maxSequences];
        this.blockTables = new int[Math.multiplyExact(maxSequences, tableStride)];
    }

    /**
     * Lays out a step and prepares its plan; then each layer writes its keys to {@link #pool} at {@link #slots} and attends.
     *
     * @param queryStarts [S + 1] rows of sequence s are {@code queryStarts[s]} to {@code queryStarts[s + 1] − 1}
     * @param positionOf [T] position of each row in its sequence, rising by one
     */
    public void prepare(int[] queryStarts, int[] positionOf, AttentionPlan plan) {
        int block = 0;
        for (int s = 0; s + 1 < queryStarts.length; s++) {
            int rows = queryStarts[s + 1] - queryStarts[s];
            int first = rows == 0 ? 0 : positionOf[queryStarts[s]] % Pages.SEGMENT;
            firstKeys[s] = first;
            contextLengths[s] = first + rows;
            int firstPage = first / Pages.TOKENS;
            for (int i = 0; i < rows; i++) {
                positions[queryStarts[s] + i] = first + i;
                slots[queryStarts[s] + i] = (block - firstPage) * Pages.TOKENS + first + i;
            }
            for (int j = firstPage; j * Pages.TOKENS < first + rows; j++) {
                blockTables[s * tableStride + j] = block++;
            }
        }
        plan.prepare(queryStarts, positions, firstKeys, contextLengths);
    }

    /** Where each layer puts its keys and values. */
    public PagedKvPool pool() {
        return pool;
    }

    /** [T] slot of each row. */
    public int[] slots() {
        return slots;
    }

    /** [S, {@link #tableStride}]. */
    public int[] blockTables() {
        return blockTables;
    }

    /** Entries per sequence. */
    public int tableStride() {
        return tableStride;
    }
}
