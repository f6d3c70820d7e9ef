package dev.quire.api;

import dev.quire.api.step.GroupStep;
import dev.quire.api.step.StepBatch;
import java.util.Arrays;

/**
 * The largest step that an executable must take; workspaces are sized by it.
 *
 * @param maxTokens T
 * @param maxSequences S
 * @param maxLogitRows R
 * @param maxContext tokens of one sequence
 */
public record StepLimits(int maxTokens, int maxSequences, int maxLogitRows, int maxContext) {
    public StepLimits {
        if (maxTokens < 1 || maxSequences < 1 || maxLogitRows < 1 || maxContext < 1) {
            throw new IllegalArgumentException(
                    "maxTokens=%d maxSequences=%d maxLogitRows=%d maxContext=%d: all must be at least 1"
                            .formatted(maxTokens, maxSequences, maxLogitRows, maxContext));
        }
    }

    /**
     * Refuses a step that is larger (RULES T1).
     *
     * @throws BackendException of kind UNSUPPORTED
     */
    public void check(StepBatch batch) {
        within("tokens", batch.tokenCount(), maxTokens);
        within("sequences", batch.sequences(), maxSequences);
        within("logit rows", batch.logitRowCount(), maxLogitRows);
        for (GroupStep group : batch.groups()) {
            within("context tokens", Arrays.stream(group.contextLengths()).max().orElse(0), maxContext);
        }
    }

    private static void within(String what, int count, int limit) {
        if (count > limit) {
            throw new BackendException(
                    BackendException.Kind.UNSUPPORTED,
                    "a step of %d %s exceeds the %d that the program was compiled for; compile with larger limits or split the step"
                            .formatted(count, what, limit));
        }
    }
}
