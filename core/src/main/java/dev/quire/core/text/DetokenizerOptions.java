package dev.quire.core.text;

import java.util.Objects;

/**
 * How a stream of tokens becomes text.
 *
 * @param special whether special tokens appear; {@link SpecialText#SKIP} by default
 * @param start what stands before the first token; {@link Start#CONTINUATION} by default
 * @param spacing what stands between neighbouring special tokens that are shown; {@link Spacing#AS_DECODED} by default
 */
public record DetokenizerOptions(SpecialText special, Start start, Spacing spacing) {
    /** Special tokens skipped, as the continuation of a prompt. */
    public static final DetokenizerOptions DEFAULTS =
            new DetokenizerOptions(SpecialText.SKIP, Start.CONTINUATION, Spacing.AS_DECODED);

    /** Checks that every choice is made. */
    public DetokenizerOptions {
        Objects.requireNonNull(special, "special");
        Objects.requireNonNull(start, "start");
        Objects.requireNonNull(spacing, "spacing");
    }

    /** What stands before the first token. Matters to SentencePiece, whose first word carries a space that a text's beginning drops. */
    public enum Start {
        /** Nothing: the first token begins the text. */
        BEGINNING,
        /** A prompt: the first token goes on, and keeps its leading space. */
        CONTINUATION
    }

    /** What stands between neighbouring special tokens that are shown. Tokenizers that keep their spaces in their tokens never add one. */
    public enum Spacing {
        /** What the tokenizer's own decoder puts there. */
        AS_DECODED,
        /** Nothing. */
        NONE
    }

    /** These options with the given treatment of special tokens. */
    public DetokenizerOptions with(SpecialText choice) {
        return new DetokenizerOptions(choice, start, spacing);
    }

    /** These options with the given start. */
    public DetokenizerOptions with(Start choice) {
        return new DetokenizerOptions(special, choice, spacing);
    }

    /** These options with the given spacing. */
    public DetokenizerOptions with(Spacing choice) {
        return new DetokenizerOptions(special, start, choice);
    }
}
