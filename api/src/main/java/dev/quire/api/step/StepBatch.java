package dev.quire.api.step;

import java.util.List;

/**
 * Everything that a step needs to know, in one record. Query lengths tell prefill from decode; there are no modes. A backend may keep
 * references to the arrays until the step's ticket completes; callers do not change them before.
 *
 * @param tokens T token ids
 * @param positions [T] position of each token in its sequence
 * @param queryStarts [S + 1] rows of sequence s are {@code queryStarts[s]} to {@code queryStarts[s + 1] − 1}
 * @param logitRows [R] rows of T whose logits are wanted, rising; in a sampling step the rows of logits to sample from
 * @param adapters [S] adapter of each sequence, −1 for none; empty if no sequence has one
 * @param groups each cache group's part, by group index
 * @param sampling [R] how each row is sampled; empty in a forward step
 */
public record StepBatch(
        StepTokens tokens,
        int[] positions,
        int[] queryStarts,
        int[] logitRows,
        int[] adapters,
        List<GroupStep> groups,
        List<SamplingRow> sampling) {
    public StepBatch {
        groups = List.copyOf(groups);
        sampling = List.copyOf(sampling);
        if (positions.length != tokens.count()) {
            throw new IllegalArgumentException(
                    "%d positions for %d tokens".formatted(positions.length, tokens.count()));
        }
        if (queryStarts.length == 0 || queryStarts[queryStarts.length - 1] != tokens.count()) {
            throw new IllegalArgumentException("query starts must end at the token count " + tokens.count());
        }
        if (!sampling.isEmpty() && sampling.size() != logitRows.length) {
            throw new IllegalArgumentException(
                    "%d sampling rows for %d logit rows".formatted(sampling.size(), logitRows.length));
        }
    }

    /**
     * A sampling step: no tokens of its own.
     *
     * @param logitRows row of logits that each sampling row reads; several may read the same
     */
    public static StepBatch sampling(int[] logitRows, List<SamplingRow> rows) {
        return new StepBatch(StepTokens.known(), new int[0], new int[] {0}, logitRows, new int[0], List.of(), rows);
    }

    /** A step of a program that reads neither tokens nor a cache: {@code rows} tokens of one sequence, all zero. */
    public static StepBatch rows(int rows) {
        return new StepBatch(
                StepTokens.known(new int[rows]),
                new int[rows],
                new int[] {0, rows},
                new int[0],
                new int[0],
                List.of(),
                List.of());
    }

    /** T. */
    public int tokenCount() {
        return positions.length;
    }

    /** S. */
    public int sequences() {
        return queryStarts.length - 1;
    }

    /** R. */
    public int logitRowCount() {
        return logitRows.length;
    }
}
