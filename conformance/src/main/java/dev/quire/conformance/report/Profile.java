package dev.quire.conformance.report;

import java.util.Set;

/** What a backend must run itself to be certified. */
public enum Profile {
    /** Paged attention alone: {@code WriteKv}, {@code Attend}, copies and swaps; the kit runs the other ops of a model. */
    ATTENTION,
    /** Every op of the SPI. */
    MODEL;

    /** Every profile. */
    public static final Set<Profile> ALL = Set.of(values());
}
