package dev.quire.conformance.report;

/** What a backend must run itself to be certified. */
public enum Profile {
    /** Paged attention alone: {@code WriteKv}, {@code Attend}, copies and swaps; the kit runs the other ops of a model. */
    ATTENTION,
    /** Every op of the SPI. */
    MODEL
}
