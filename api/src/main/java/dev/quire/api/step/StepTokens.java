package dev.quire.api.step;

import java.util.Optional;

/**
 * The token ids of a step, [T]. An id that is still being sampled is written as {@code ~row} (negative) of the sampling step
 * {@code sampled}.
 *
 * @param ids known ids, or {@code ~row}
 * @param sampled the sampling step that negative ids refer to; it was submitted earlier to the same backend
 */
public record StepTokens(int[] ids, Optional<Ticket> sampled) {
    public StepTokens {
        if (sampled.isEmpty()) {
            for (int i = 0; i < ids.length; i++) {
                if (ids[i] < 0) {
                    throw new IllegalArgumentException(
                            "token %d has id %d, but no sampling step is named".formatted(i, ids[i]));
                }
            }
        }
    }

    /** Tokens whose ids are all known. */
    public static StepTokens known(int... ids) {
        return new StepTokens(ids, Optional.empty());
    }

    /** Number of tokens, T. */
    public int count() {
        return ids.length;
    }

    /** Where token {@code i} comes from. */
    public TokenSource source(int i) {
        return ids[i] >= 0 ? new TokenSource.Known(ids[i]) : new TokenSource.SampledBy(sampled.orElseThrow(), ~ids[i]);
    }
}
