package dev.quire.api.program;

/** The symbolic number of rows of a {@link Value}; each step gives them numbers. */
public enum Rows {
    /** T, the tokens of the step. */
    TOKENS,
    /** R, the rows whose logits are wanted. */
    LOGITS,
    /** S, the sequences of the step. */
    SEQUENCES,
    /** E, rows that come from outside, such as an image encoder's. */
    EXTERNAL
}
