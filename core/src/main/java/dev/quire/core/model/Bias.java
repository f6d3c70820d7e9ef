package dev.quire.core.model;

/** Whether a layer adds a vector that it has learned. */
public enum Bias {
    ABSENT,
    PRESENT;

    /** What a config's flag says. */
    public static Bias of(boolean flag) {
        return flag ? PRESENT : ABSENT;
    }
}
