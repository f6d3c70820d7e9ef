package dev.quire.conformance.cases;

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
final class PagedScene {
    static final int BLOCK = 16;
    private static final int STALE = 999_999;

    private final List<Query> queries;
    private final int stride;
    private final int[] tables;
    private final int blocks;

    /**
     * A sequence's part of the step.
     *
     * @param context tokens in the cache before the step
     * @param tokens rows of the step
     */
    record Query(int context, int tokens) {
        int length() {
            return context + tokens;
        }
    }

    PagedScene(List<Query> queries, Random random) {
        this.queries = queries;
        int needed = queries.stream().mapToInt(PagedScene::blocks).sum();
        this.blocks = needed + 2;
        this.stride = 2 + queries.stream().mapToInt(PagedScene::blocks).max().orElse(0);
        this.tables = new int[queries.size() * stride];
        List<Integer> order = new ArrayList<>();
        for (int block = 0; block < blocks; block++) {
            order.add(block);
        }
        Collections.shuffle(order, random);
        int next = 0;
        for (int s = 0; s < queries.size(); s++) {
            for (int i = 0; i < stride; i++) {
                tables[s * stride + i] = i < blocks(queries.get(s)) ? order.get(next++) : STALE;
            }
        }
    }

    private static int blocks(Query query) {
        return (query.length() + BLOCK - 1) / BLOCK;
    }

    int blocks() {
        return blocks;
    }

    int slots() {
        return blocks * BLOCK;
    }

    int longest() {
        return queries.stream().mapToInt(Query::length).max().orElse(0);
    }

    /** The step itself. */
    StepBatch step() {
        return batch(queries);
    }

    /** The step before, that fills the contexts. */
    StepBatch fill() {
        return batch(queries.stream().map(q -> new Query(0, q.context())).toList());
    }

    /** A step that writes every slot of the cache. */
    StepBatch everySlot() {
        int[] all = new int[slots()];
        int[] table = new int[blocks];
        for (int i = 0; i < all.length; i++) {
            all[i] = i;
            table[i / BLOCK] = i / BLOCK;
        }
        GroupStep group = new GroupStep(new int[] {all.length}, table, blocks, all);
        return new StepBatch(
                StepTokens.known(new int[all.length]),
                all.clone(),
                new int[] {0, all.length},
                new int[0],
                new int[0],
                List.of(group),
                List.of());
    }

    private StepBatch batch(List<Query> parts) {
        int rows = parts.stream().mapToInt(Query::tokens).sum();
        int[] positions = new int[rows];
        int[] slots = new int[rows];
        int[] starts = new int[parts.size() + 1];
        int[] lengths = new int[parts.size()];
        int at = 0;
        for (int s = 0; s < parts.size(); s++) {
            for (int i = 0; i < parts.get(s).tokens(); i++, at++) {
                int position = parts.get(s).context() + i;
                positions[at] = position;
                slots[at] = tables[s * stride + position / BLOCK] * BLOCK + position % BLOCK;
            }
            starts[s + 1] = at;
            lengths[s] = parts.get(s).length();
        }
        GroupStep group = new GroupStep(lengths, tables, stride, slots);
        return new StepBatch(
                StepTokens.known(new int[rows]), positions, starts, new int[0], new int[0], List.of(group), List.of());
    }

    /** A step without a cache. */
    static StepBatch plain(int[] ids, int[] positions, int[] logitRows) {
        return new StepBatch(
                StepTokens.known(ids),
                positions,
                new int[] {0, ids.length},
                logitRows,
                new int[0],
                List.of(),
                List.of());
    }

    /** Tokens of the sequence that {@code row} belongs to, the step's included. */
    int lengthOf(int row) {
        int end = 0;
        for (Query query : queries) {
            end += query.tokens();
            if (row < end) {
                return query.length();
            }
        }
        throw new IllegalArgumentException("the step has %d rows; no row %d".formatted(end, row));
    }

    /** Tokens that were in the cache before, of the sequence that {@code row} belongs to. */
    int contextOf(int row) {
        int end = 0;
        for (Query query : queries) {
            end += query.tokens();
            if (row < end) {
                return query.context();
            }
        }
        throw new IllegalArgumentException("the step has %d rows; no row %d".formatted(end, row));
    }
}
