package dev.quire.core.cache;

import java.util.Arrays;

/** References that end when a step completes, in the order in which they were given up. */
final class DeferredDrops {
    private int[] blocks = new int[16];
    private long[] steps = new long[16];
    private int size;

    void add(int block, long step) {
        if (size == blocks.length) {
            blocks = Arrays.copyOf(blocks, 2 * size);
            steps = Arrays.copyOf(steps, 2 * size);
        }
        blocks[size] = block;
        steps[size++] = step;
    }

    /** Drops what waited for this step or an earlier one. */
    void completed(long step, BlockPool pool) {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (steps[i] <= step) {
                pool.dropLeaving(blocks[i]);
            } else {
                blocks[kept] = blocks[i];
                steps[kept++] = steps[i];
            }
        }
        size = kept;
    }

    /** Counts each deferred reference. */
    void count(int[] references) {
        for (int i = 0; i < size; i++) {
            references[blocks[i]]++;
        }
    }
}
