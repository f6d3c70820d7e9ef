package dev.quire.core.request;

/** Why a choice ended. */
public enum FinishReason {
    /** A stop token, a stop string or the end-of-sequence token. */
    STOP,
    /** The token limit or the model's context length. */
    LENGTH,
    /** The client went away or cancelled. */
    ABORT
}
