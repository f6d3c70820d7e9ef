package dev.quire.core.request;

import java.util.List;
import java.util.Optional;

/**
 * What happens to a request, token by token. Ends with exactly one of {@link Completed}, {@link Refused} and {@link Failed}.
 */
public sealed interface TokenEvent {
    /** Log-probabilities of the prompt; the first token has none. Comes before any token. */
    record PromptScored(List<Optional<TokenLogprobs>> tokens) implements TokenEvent {}

    /** Choice {@code choice} has another token. */
    record Token(int choice, SampledToken token, Role role) implements TokenEvent {}

    /** What a token does to its choice. */
    enum Role {
        /** It is part of the text. */
        TEXT,
        /** It is the end of the sequence or a stop token, and ends the choice. */
        STOP
    }

    /**
     * Choice {@code choice} has ended.
     *
     * @param stopToken the token that ended it, if one did; it is not among the choice's tokens if it was the end of the sequence
     */
    record Finished(int choice, FinishReason reason, Optional<Integer> stopToken) implements TokenEvent {}

    /** Every choice has ended and the request's blocks are no longer its own. */
    record Completed(Usage usage, Timings timings) implements TokenEvent {}

    /** The request was not taken. */
    record Refused(Refusal refusal) implements TokenEvent {}

    /** The request was taken and then failed. */
    record Failed(String message) implements TokenEvent {}
}
