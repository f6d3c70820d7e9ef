package dev.quire.core.scheduler;

import java.util.Objects;

/**
 * What the scheduler must know of a request besides its tokens.
 *
 * @param maxTotalTokens prompt and output together end at this many tokens
 * @param priority lower goes first; only the priority policy looks at it
 * @param promptLogits whether every prompt position's logits are wanted
 * @param sampling what a sample needs to know
 */
public record SequenceOptions(int maxTotalTokens, int priority, PromptLogits promptLogits, SamplingInput sampling) {

    /** Which rows of logits a prompt yields. */
    public enum PromptLogits {
        /** Only the last, to sample the first token from. */
        LAST,
        /**
         * Every one, at least once per request: they come with the runs of its first choice, also when that choice has ended meanwhile,
         * and some come again after a preemption or a failed step. Prompt positions whose row is still owed are computed even if they are
         * cached.
         */
        ALL
    }

    /** What sampling a token needs to know. */
    public enum SamplingInput {
        /** Logits alone; the next step can be planned before the token is known. */
        LOGITS,
        /** The tokens before it too (penalties, bad words, grammars): a step waits for the token of the one before. */
        HISTORY
    }

    public SequenceOptions {
        Objects.requireNonNull(promptLogits, "promptLogits");
        Objects.requireNonNull(sampling, "sampling");
    }

    /** A plain sequence of this length. */
    public static SequenceOptions ofLength(int maxTotalTokens) {
        return new SequenceOptions(maxTotalTokens, 0, PromptLogits.LAST, SamplingInput.LOGITS);
    }

    public SequenceOptions withPriority(int value) {
        return new SequenceOptions(maxTotalTokens, value, promptLogits, sampling);
    }

    public SequenceOptions withPromptLogits(PromptLogits value) {
        return new SequenceOptions(maxTotalTokens, priority, value, sampling);
    }

    public SequenceOptions withSampling(SamplingInput value) {
        return new SequenceOptions(maxTotalTokens, priority, promptLogits, value);
    }
}
