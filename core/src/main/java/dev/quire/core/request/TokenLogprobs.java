package dev.quire.core.request;

/**
 * Log-probabilities at one position, taken from the raw logits.
 *
 * @param token the token at the position
 * @param logprob its natural log-probability
 * @param rank 1 for the most probable token
 * @param topIds the most probable tokens, in falling order
 * @param topLogprobs their log-probabilities
 */
public record TokenLogprobs(int token, float logprob, int rank, int[] topIds, float[] topLogprobs) {}
