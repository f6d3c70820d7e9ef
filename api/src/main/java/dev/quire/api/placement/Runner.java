package dev.quire.api.placement;

/** Who runs an op. */
public enum Runner {
    /** The backend that was asked for. */
    PRIMARY,
    /** The backend that takes what the first refuses: the CPU, or the conformance kit's own. */
    FALLBACK,
    /** Neither: the program cannot run. */
    NOBODY
}
