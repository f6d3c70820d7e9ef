package dev.quire.api.types;

import java.util.Locale;

/** Which promise a backend makes about the last bits of its results. */
public enum Numerics {
    /** The best kernels and libraries of the device; within the oracle's bounds. */
    FAST,
    /** The order of every reduction is part of the op: bit-identical on every certified backend (RULES, N). */
    REPRODUCIBLE;

    /** As people write it in options and read it in reports: {@code fast} or {@code reproducible}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
