package dev.quire.core.text;

/** Whether special tokens appear in decoded text. */
public enum SpecialText {
    /** Special tokens leave no text. */
    SKIP,
    /** Special tokens appear by their names. */
    SHOW
}
