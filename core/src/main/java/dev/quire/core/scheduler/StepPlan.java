package dev.quire.core.scheduler;

import dev.quire.core.cache.BlockCopies;
import dev.quire.core.cache.BlockTable;
import java.util.List;

/**
 * One step: who computes which tokens, which rows of logits come out, and which sequences sample from them.
 *
 * <p>Block tables and unknown tokens are read when the step is issued, before the next call on the {@link Scheduler}.
 *
 * @param step the number of this step; steps are issued and complete in this order
 * @param copies blocks to copy on the device before the step runs
 * @param runs what is computed, in the order of importance of the sequences
 * @param samples what is sampled; {@link Scheduler#complete} takes one token for each, in this order
 * @param tokens tokens over all runs
 * @param logitRows rows of logits over all runs
 */
public record StepPlan(long step, BlockCopies copies, List<Run> runs, List<Sample> samples, int tokens, int logitRows) {

    /** Whether there is nothing to do. An empty plan is neither issued nor completed. */
    public boolean isEmpty() {
        return runs.isEmpty();
    }

    /**
     * Positions {@code first} up to {@code first + count} of a sequence are computed and written to its blocks.
     *
     * @param sequence whose tokens
     * @param table the sequence's block table in this step; covers at least {@code first + count} positions
     * @param first the first position
     * @param count positions, at least 1
     * @param firstLogitRow the number, within the step, of this run's first row of logits
     * @param logitRows how many rows: those of the run's last {@code logitRows} positions
     * @param lastToken where the token at the last position comes from; all others are known
     */
    public record Run(
            Sequence sequence,
            BlockTable table,
            int first,
            int count,
            int firstLogitRow,
            int logitRows,
            TokenOrigin lastToken) {

        /** The position after the last. */
        public int end() {
            return first + count;
        }

        /** How many of the run's tokens are known: all, or all but the last. */
        public int knownTokens() {
            return lastToken instanceof TokenOrigin.SampledBy ? count - 1 : count;
        }

        /** Copies the known tokens to {@code target[at]} and following. To be called before the next call on the scheduler. */
        public void copyKnownTokens(int[] target, int at) {
            if (knownTokens() > 0) {
                sequence.copyTokens(first, knownTokens(), target, at);
            }
        }
    }

    /**
     * A token is to be sampled for a sequence.
     *
     * @param sequence who gets the token
     * @param logitRow the row of logits, numbered within the step; the choices of a group share the row of their prompt's last token
     * @param position the position that the token will have
     */
    public record Sample(Sequence sequence, int logitRow, int position) {}

    /** Where a token comes from. */
    public sealed interface TokenOrigin {
        /** It stands in the sequence's history. */
        enum Known implements TokenOrigin {
            HISTORY
        }

        /**
         * A step still in flight samples it.
         *
         * @param step the number of that step
         * @param sample the index among that step's samples
         */
        record SampledBy(long step, int sample) implements TokenOrigin {}
    }
}
