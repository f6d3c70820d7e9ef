package dev.quire.core.model;

import dev.quire.api.memory.CacheGroup;
import dev.quire.api.step.GroupStep;
import dev.quire.api.step.SamplingRow;
import dev.quire.api.step.SamplingRow.Adjustments;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepTokens;
import java.util.List;
import java.util.OptionalInt;

/**
 * Steps of one sequence that nobody asked for: a prompt of some tokens, then one token after another, and again from the front. What a first request would
 * wait for has happened then: the JVM has compiled what a step runs. They write the first blocks of the cache, which nobody may hold.
 *
 * @param prompt tokens of the longest step
 * @param context tokens that the sequence grows to
 */
record WarmUp(int prompt, int context) {
    /** Enough for the JVM's second compiler, on a model of few layers as well. */
    static final int STEPS = 64;

    /** Rows of both kinds: the most probable token, and one that is drawn. */
    private static final List<SamplingRow> ROWS = List.of(
            SamplingRow.GREEDY, new SamplingRow(0.8f, 40, 0.95f, 0, 1, 1, OptionalInt.empty(), -1, Adjustments.NONE));

    private static final int LONGEST_PROMPT = 8;
    private static final int LONGEST_CONTEXT = 40;

    /**
     * Steps that fit.
     *
     * @param mostTokens of a step
     * @param mostContext of a sequence
     */
    static WarmUp within(CacheGroup group, int mostTokens, int mostContext) {
        long room = Math.min((long) group.blocks() * group.blockSize(), mostContext);
        int context = (int) Math.min(room, LONGEST_CONTEXT);
        return new WarmUp(Math.min(Math.min(mostTokens, LONGEST_PROMPT), context), context);
    }

    /** The tokens of step {@code index}: from {@code first} to the end of the context. */
    private int first(int index) {
        int turn = index % (1 + context - prompt);
        return turn == 0 ? 0 : prompt + turn - 1;
    }

    /** The forward step {@code index}, with one row of logits. */
    StepBatch forward(int index, int blockSize) {
        int first = first(index);
        int count = first == 0 ? prompt : 1;
        int[] positions = new int[count];
        for (int i = 0; i < count; i++) {
            positions[i] = first + i;
        }
        int[] table = new int[Math.ceilDiv(first + count, blockSize)];
        for (int block = 0; block < table.length; block++) {
            table[block] = block;
        }
        GroupStep group = new GroupStep(new int[] {first + count}, table, table.length, positions.clone());
        return new StepBatch(
                StepTokens.known(new int[count]),
                positions,
                new int[] {0, count},
                new int[] {count - 1},
                new int[0],
                List.of(group),
                List.of());
    }

    /** Its sampling step. */
    static StepBatch sampling(int index) {
        return StepBatch.sampling(new int[] {0}, List.of(ROWS.get(index % ROWS.size())));
    }
}
