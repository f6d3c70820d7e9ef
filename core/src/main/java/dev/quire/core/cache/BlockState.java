package dev.quire.core.cache;

/** The state of a block; each block has exactly one. */
public enum BlockState {
    /** Its content means nothing. */
    FREE,
    /** No one holds it; its content can be taken up again, or evicted. */
    CACHED,
    /** In a block table, or named by a step in flight. */
    HELD
}
