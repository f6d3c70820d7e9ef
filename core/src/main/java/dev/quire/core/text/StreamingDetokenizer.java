package dev.quire.core.text;

/**
 * Turns one sequence's tokens into text as they come. What {@link #push} returns never ends within a character, and all that it and {@link #finish}
 * return, joined, is the text of all tokens. One thread at a time; cost per token does not grow with the sequence.
 */
public sealed interface StreamingDetokenizer permits ByteDetokenizer, WindowDetokenizer {
    /** The text that the token completes, often empty while a character is in pieces. @param id any int */
    String push(int id);

    /** What was held back, an unfinished character as U+FFFD. The stream is then at its beginning's state for a continuation. */
    String finish();
}
