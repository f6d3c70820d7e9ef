package dev.quire.conformance.models;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A prompt and its greedy continuation.
 *
 * @param name for reports
 * @param prompt token ids
 * @param steps one for each token of the continuation
 */
public record GoldenText(String name, int[] prompt, List<GoldenStep> steps) {
    public GoldenText {
        steps = List.copyOf(steps);
    }

    /** The prompt and all golden tokens but the last: a run over these has the logits of every step in its last {@code steps} rows. */
    public int[] forced() {
        IntStream golden = steps.stream().limit(steps.size() - 1L).mapToInt(GoldenStep::token);
        return IntStream.concat(IntStream.of(prompt), golden).toArray();
    }
}
