package dev.quire.core.request;

import java.util.List;
import java.util.Optional;

/**
 * What happens to a request, as text. Events of a request arrive in order, one at a time. Ends with exactly one of {@link Completed},
 * {@link Refused} and {@link Failed}.
 */
public sealed interface TextEvent {
    /** Log-probabilities of the prompt; the first token has none. Comes before any text. */
    record PromptScored(List<Optional<TokenLogprobs>> tokens) implements TextEvent {}

    /**
     * More of choice {@code choice}.
     *
     * @param text whole characters; may be empty while a stop string is still possible
     * @param tokens the tokens that {@code text} came from
     */
    record Delta(int choice, String text, List<SampledToken> tokens) implements TextEvent {}

    /**
     * Choice {@code choice} has ended.
     *
     * @param stop what ended it
     */
    record ChoiceFinished(int choice, FinishReason reason, Optional<Stop> stop) implements TextEvent {}

    /** What stopped a choice. */
    sealed interface Stop {
        /** A stop string. */
        record Text(String text) implements Stop {}

        /** A stop token or the end of the sequence. */
        record Token(int id) implements Stop {}
    }

    /** Every choice has ended. */
    record Completed(Usage usage, Timings timings) implements TextEvent {}

    /** The request was not taken. */
    record Refused(Refusal refusal) implements TextEvent {}

    /** The request was taken and then failed. */
    record Failed(String message) implements TextEvent {}
}
