package dev.quire.api.step;

import java.util.OptionalInt;

/**
 * How one row of logits becomes a token. Applied in this order (RULES, S): raw log-probabilities are taken; {@link Adjustments} are applied;
 * {@code temperature} 0 takes the argmax; otherwise logits are divided by it, then top-k, top-p and min-p cut, then the draw.
 *
 * @param temperature 0 for greedy
 * @param topK keep the k most probable; 0 keeps all
 * @param topP keep the smallest set of most probable tokens whose mass exceeds this part of the whole; 1 keeps all
 * @param minP drop tokens less probable than minP times the most probable one
 * @param key Philox key (Salmon et al. 2011): from the request's seed and choice
 * @param counter Philox counter: the index of the token in its sequence's output
 * @param forced a token that is taken whatever the logits say, for the log-probabilities of a prompt
 * @param topLogprobs how many of the most probable tokens to report; −1 for no log-probabilities at all
 * @param adjustments penalties, biases and bans
 */
public record SamplingRow(
        float temperature,
        int topK,
        float topP,
        float minP,
        long key,
        long counter,
        OptionalInt forced,
        int topLogprobs,
        Adjustments adjustments) {

    /** Greedy, with no log-probabilities. */
    public static final SamplingRow GREEDY =
            new SamplingRow(0, 0, 1, 0, 0, 0, OptionalInt.empty(), -1, Adjustments.NONE);

    /**
     * Changes to single logits before sampling. First bans outside {@code allowed}, then penalties by the tokens seen, then biases.
     *
     * @param repetitionPenalty divides positive and multiplies negative logits of tokens in {@code seen} or {@code produced} (Keskar et al. 2019)
     * @param frequencyPenalty subtracted once for each time a token was produced
     * @param presencePenalty subtracted once if a token was produced
     * @param seen distinct tokens of the prompt
     * @param produced distinct tokens of the output
     * @param counts how often each of {@code produced} was produced
     * @param biased tokens with a bias
     * @param biases what is added to their logits; −∞ bans
     * @param allowed the only tokens that may be chosen; empty allows all
     */
    public record Adjustments(
            float repetitionPenalty,
            float frequencyPenalty,
            float presencePenalty,
            int[] seen,
            int[] produced,
            int[] counts,
            int[] biased,
            float[] biases,
            int[] allowed) {
        private static final int[] NO_TOKENS = {};

        /** No change. */
        public static final Adjustments NONE =
                new Adjustments(1, 0, 0, NO_TOKENS, NO_TOKENS, NO_TOKENS, NO_TOKENS, new float[0], NO_TOKENS);

        /** Whether the tokens seen change logits. */
        public boolean penalizes() {
            return repetitionPenalty != 1 || frequencyPenalty != 0 || presencePenalty != 0;
        }
    }
}
