package dev.quire.core.testing;

import dev.quire.core.request.SampledToken;
import dev.quire.core.request.TokenLogprobs;
import java.util.Arrays;
import java.util.List;

/**
 * A token and the raw bits of its log-probability and of the most probable tokens': equal ones come from logits that are the same as far as a client can
 * see.
 */
public record ScoredToken(int id, List<Integer> topIds, List<Integer> bits) {
    /** @throws java.util.NoSuchElementException if the request asked for no log-probabilities */
    public static ScoredToken of(SampledToken token) {
        TokenLogprobs scores = token.logprobs().orElseThrow();
        int[] bits = new int[1 + scores.topLogprobs().length];
        bits[0] = Float.floatToRawIntBits(scores.logprob());
        for (int i = 1; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(scores.topLogprobs()[i - 1]);
        }
        return new ScoredToken(
                token.id(),
                Arrays.stream(scores.topIds()).boxed().toList(),
                Arrays.stream(bits).boxed().toList());
    }
}
