package dev.quire.core.model.placement;

/** Who runs an op. */
public enum Runner {
    /** The backend that was asked for. */
    PRIMARY,
    /** The backend that takes what the first refuses: the CPU. */
    FALLBACK,
    /** Neither: the program cannot run. */
    NOBODY
}
