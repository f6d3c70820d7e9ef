package dev.quire.server.bench.trace;

/**
 * One request of a trace.
 *
 * @param prompt token ids
 * @param outputTokens that each choice generates
 * @param n choices
 */
public record TraceRequest(int[] prompt, int outputTokens, int n) {
    /** @throws IllegalArgumentException if a count is not positive */
    public TraceRequest {
        if (prompt.length < 1 || outputTokens < 1 || n < 1) {
            throw new IllegalArgumentException(
                    "a request with %d tokens of prompt and n = %d choices of %d tokens: each at least 1"
                            .formatted(prompt.length, n, outputTokens));
        }
    }

    /** Tokens of the longest sequence. */
    public int length() {
        return prompt.length + outputTokens;
    }
}
