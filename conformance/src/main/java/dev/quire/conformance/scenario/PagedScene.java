package dev.quire.conformance.scenario;

import dev.quire.api.step.GroupStep;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepTokens;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Sequences over scattered blocks of one cache group. Entries of block tables past a context hold a number that no block has (RULES M4), and
 * two blocks belong to no one.
 */
public final class PagedScene {
    private static final int STALE = 999_999;
    private static final int UNOWNED = 2;

    private final List<Query> queries;
    private final int blockSize;
    private final int blocks;
    private final int stride;
    private final List<List<Integer>> owned = new ArrayList<>();

    /**
     * A sequence's part of the step.
     *
     * @param context tokens in the cache before the step
     * @param tokens rows of the step
     */
    public record Query(int context, int tokens) {
        /** Tokens in the cache after the step. */
        public int length() {
            return context + tokens;
        }

        /** One token more, if the sequence has begun. */
        Query next() {
            return new Query(length(), length() == 0 ? 0 : 1);
        }
    }

    /** Each sequence has room for one token more than its query writes. */
    public PagedScene(List<Query> queries, int blockSize, Random random) {
        this.queries = List.copyOf(queries);
        this.blockSize = blockSize;
        int[] needed = queries.stream().mapToInt(q -> blocks(q.next().length())).toArray();
        int all = UNOWNED;
        int most = 0;
        for (int n : needed) {
            all += n;
            most = Math.max(most, n);
        }
        this.blocks = all;
        this.stride = most + 2;
        List<Integer> order = new ArrayList<>();
        for (int block = 0; block < blocks; block++) {
            order.add(block);
        }
        Collections.shuffle(order, random);
        int next = 0;
        for (int n : needed) {
            owned.add(List.copyOf(order.subList(next, next + n)));
            next += n;
        }
    }

    private int blocks(int length) {
        return (length + blockSize - 1) / blockSize;
    }

    /** Blocks of the group. */
    public int blocks() {
        return blocks;
    }

    /** Tokens of a block. */
    public int blockSize() {
        return blockSize;
    }

    /** Block numbers of sequence {@code s}, in order. */
    public List<Integer> owned(int s) {
        return owned.get(s);
    }

    /** Blocks that no sequence has. */
    public List<Integer> unowned() {
        List<Integer> free = new ArrayList<>();
        for (int block = 0; block < blocks; block++) {
            int candidate = block;
            if (owned.stream().noneMatch(list -> list.contains(candidate))) {
                free.add(block);
            }
        }
        return free;
    }

    /** The step itself. */
    public List<Query> queries() {
        return queries;
    }

    /** The step before, that fills the contexts. */
    public List<Query> fill() {
        return queries.stream().map(q -> new Query(0, q.context())).toList();
    }

    /** The step after: one more token for each sequence that has any. */
    public List<Query> next() {
        return queries.stream().map(Query::next).toList();
    }

    /** This group's part of a step of {@code parts}. */
    public GroupStep group(List<Query> parts) {
        int rows = parts.stream().mapToInt(Query::tokens).sum();
        int[] slots = new int[rows];
        int[] lengths = new int[parts.size()];
        int[] tables = new int[parts.size() * stride];
        int at = 0;
        for (int s = 0; s < parts.size(); s++) {
            Query part = parts.get(s);
            lengths[s] = part.length();
            for (int i = 0; i < stride; i++) {
                tables[s * stride + i] =
                        i < blocks(part.length()) ? owned.get(s).get(i) : STALE;
            }
            for (int position = part.context(); position < part.length(); position++) {
                slots[at++] = owned.get(s).get(position / blockSize) * blockSize + position % blockSize;
            }
        }
        return new GroupStep(lengths, tables, stride, slots);
    }

    /** A step that writes every slot of this group, the only one. */
    public StepBatch everySlot() {
        int[] all = new int[blocks * blockSize];
        int[] table = new int[blocks];
        for (int i = 0; i < all.length; i++) {
            all[i] = i;
            table[i / blockSize] = i / blockSize;
        }
        GroupStep group = new GroupStep(new int[] {all.length}, table, blocks, all);
        return batch(List.of(new Query(0, all.length)), List.of(group));
    }

    /** A step of {@code parts} over this group alone. */
    public StepBatch batch(List<Query> parts) {
        return batch(parts, List.of(group(parts)));
    }

    /** A step of {@code parts}; token ids are 0 and no logits are wanted. */
    public static StepBatch batch(List<Query> parts, List<GroupStep> groups) {
        int[] starts = new int[parts.size() + 1];
        for (int s = 0; s < parts.size(); s++) {
            starts[s + 1] = starts[s] + parts.get(s).tokens();
        }
        int rows = starts[parts.size()];
        return new StepBatch(
                StepTokens.known(new int[rows]), positions(parts), starts, new int[0], new int[0], groups, List.of());
    }

    /** The position of each row of a step of {@code parts}. */
    public static int[] positions(List<Query> parts) {
        int[] positions = new int[parts.stream().mapToInt(Query::tokens).sum()];
        int at = 0;
        for (Query part : parts) {
            for (int i = 0; i < part.tokens(); i++) {
                positions[at++] = part.context() + i;
            }
        }
        return positions;
    }

    /** A step of one sequence, without a cache, whose ids and positions do not matter. */
    public static StepBatch rows(int rows) {
        return plain(new int[rows], new int[rows], new int[0]);
    }

    /** A step of one sequence, without a cache. */
    public static StepBatch plain(int[] ids, int[] positions, int[] logitRows) {
        return new StepBatch(
                StepTokens.known(ids),
                positions,
                new int[] {0, ids.length},
                logitRows,
                new int[0],
                List.of(),
                List.of());
    }
}
