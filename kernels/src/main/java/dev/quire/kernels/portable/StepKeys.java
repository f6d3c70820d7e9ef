package dev.quire.kernels.portable;

import dev.quire.api.StepLimits;
import dev.quire.api.program.Op.Attend.HeadShape;
import dev.quire.api.step.StepBatch;

/**
 * Keys and values of a step that no cache keeps: each sequence's rows go to pages of their own in the workspace, at slots that agree with their
 * positions, so that the paged kernels serve them too. A sequence's first key has the position of its first row (RULES, A2).
 */
record StepKeys(HeadShape shape, StepLimits limits) {
    static final String KEYS = "keys";
    static final String VALUES = "values";
    static final int BLOCK = 16;

    /** Bytes that the keys take, and the values as well: each sequence begins and ends a block. */
    long partBytes() {
        long blocks = limits.maxTokens() / BLOCK + 2L * limits.maxSequences();
        return blocks * BLOCK * shape.kvHeads() * shape.headSize() * Short.BYTES;
    }

    /** Blocks of the longest sequence, whose first and last may be used in part. */
    static int mostBlocks(StepLimits limits) {
        return limits.maxTokens() / BLOCK + 2;
    }

    /** What {@code write_kv} and {@code attend} need to know of a step, by sequence and by row. */
    static Pages pages(StepBatch batch) {
        int sequences = batch.sequences();
        int[] starts = batch.queryStarts();
        int[] first = new int[sequences];
        int[] ends = new int[sequences];
        int[] slots = new int[batch.tokenCount()];
        int stride = 1;
        for (int s = 0; s < sequences; s++) {
            int rows = starts[s + 1] - starts[s];
            first[s] = rows == 0 ? 0 : batch.positions()[starts[s]];
            ends[s] = first[s] + rows;
            stride = Math.max(stride, blocks(first[s], ends[s]));
        }
        int[] tables = new int[sequences * stride];
        int block = 0;
        for (int s = 0; s < sequences; s++) {
            for (int i = starts[s]; i < starts[s + 1]; i++) {
                slots[i] = block * BLOCK + first[s] % BLOCK + i - starts[s];
            }
            for (int i = 0; i < blocks(first[s], ends[s]); i++) {
                tables[s * stride + i] = block++;
            }
        }
        return new Pages(first, ends, tables, stride, slots);
    }

    private static int blocks(int from, int to) {
        return from == to ? 0 : (to - 1) / BLOCK - from / BLOCK + 1;
    }

    /**
     * @param first [S] position of each sequence's first key
     * @param ends [S] one past the position of its last key
     * @param tables [S, stride] blocks, from that of the first key on
     * @param slots [T] where each row's key goes
     */
    record Pages(int[] first, int[] ends, int[] tables, int stride, int[] slots) {}
}
