package dev.quire.core.sampling;

/** The known tokens of a sequence, prompt first. */
public interface History {
    /** Known tokens. */
    int length();

    /** The token at {@code position}. */
    int token(int position);
}
