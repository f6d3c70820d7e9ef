package dev.quire.kernels.host;

import dev.quire.api.step.GroupStep;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepTokens;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Sequences whose blocks lie in any order in one cache group. Entries of block tables past a context are numbers that no block has (RULES, M4).
 *
 * @param blockSize tokens of a block
 * @param contexts [S] tokens of each sequence before the step
 * @param queries [S] tokens of each sequence in the step
 * @param tables [S, stride]
 */
record Scene(int blockSize, int[] contexts, int[] queries, int[] tables, int stride) {
    private static final int STALE = 1_000_000;

    static Scene of(Random random, int blockSize, int[] contexts, int[] queries) {
        int stride = 2;
        List<Integer> blocks = new ArrayList<>();
        for (int s = 0; s < contexts.length; s++) {
            int needed = Math.ceilDiv(contexts[s] + queries[s], blockSize);
            stride = Math.max(stride, needed + 1);
            for (int i = 0; i < needed; i++) {
                blocks.add(blocks.size());
            }
        }
        Collections.shuffle(blocks, random);
        int[] tables = new int[contexts.length * stride];
        int next = 0;
        for (int s = 0; s < contexts.length; s++) {
            for (int i = 0; i < stride; i++) {
                boolean used = i * blockSize < contexts[s] + queries[s];
                tables[s * stride + i] = used ? blocks.get(next++) : STALE;
            }
        }
        return new Scene(blockSize, contexts, queries, tables, stride);
    }

    /** Blocks of the cache. */
    int blocks() {
        int most = 0;
        for (int block : tables) {
            most = block == STALE ? most : Math.max(most, block + 1);
        }
        return most;
    }

    /** A step that writes every slot of the cache. */
    StepBatch everySlot() {
        int[] slots = new int[blocks() * blockSize];
        for (int i = 0; i < slots.length; i++) {
            slots[i] = i;
        }
        return step(new int[] {0}, new int[] {slots.length}, new GroupStep(new int[1], new int[1], 1, slots));
    }

    /** A step that writes the contexts. */
    StepBatch filling() {
        return paged(new int[contexts.length], contexts);
    }

    /** The step itself. */
    StepBatch batch() {
        return paged(contexts, queries);
    }

    private StepBatch paged(int[] before, int[] rows) {
        List<Integer> slots = new ArrayList<>();
        int[] lengths = new int[before.length];
        for (int s = 0; s < before.length; s++) {
            lengths[s] = before[s] + rows[s];
            for (int position = before[s]; position < lengths[s]; position++) {
                slots.add(tables[s * stride + position / blockSize] * blockSize + position % blockSize);
            }
        }
        int[] all = slots.stream().mapToInt(Integer::intValue).toArray();
        return step(before, rows, new GroupStep(lengths, tables, stride, all));
    }

    private static StepBatch step(int[] before, int[] rows, GroupStep group) {
        int[] starts = new int[rows.length + 1];
        for (int s = 0; s < rows.length; s++) {
            starts[s + 1] = starts[s] + rows[s];
        }
        int[] positions = new int[starts[rows.length]];
        for (int s = 0; s < rows.length; s++) {
            for (int i = 0; i < rows[s]; i++) {
                positions[starts[s] + i] = before[s] + i;
            }
        }
        return new StepBatch(
                StepTokens.known(new int[positions.length]),
                positions,
                starts,
                new int[0],
                new int[0],
                List.of(group),
                List.of());
    }
}
