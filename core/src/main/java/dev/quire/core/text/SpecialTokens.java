package dev.quire.core.text;

/** What {@link Tokenizer#encode} does about special tokens. */
public enum SpecialTokens {
    /** Adds what the model wants around a text (often a begin token), and reads the names of special tokens in the text as those tokens. */
    ADD,
    /** Adds nothing, and reads the names of special tokens in the text as those tokens: for rendered chat templates. */
    PARSE,
    /** Adds nothing, and reads the names of special tokens as ordinary text: for text that must not steer the model. */
    TEXT
}
