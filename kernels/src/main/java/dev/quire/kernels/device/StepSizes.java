package dev.quire.kernels.device;

/** How many rows a step of decoding, or of sampling, has on a device. */
public enum StepSizes {
    /** As many as its caller gave it. */
    EXACT,
    /** 1, 2, 4 or a multiple of 8, so that a recording serves steps of nearly one size; rows behind the caller's are nobody's. */
    PADDED
}
