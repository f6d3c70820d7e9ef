package dev.quire.api;

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
}
