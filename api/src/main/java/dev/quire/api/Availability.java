package dev.quire.api;

/** Whether a backend can be opened on this machine. */
public sealed interface Availability {
    /** It can. */
    record Available() implements Availability {}

    /**
     * It cannot.
     *
     * @param reason what is missing
     * @param fix how to get it
     */
    record Unavailable(String reason, String fix) implements Availability {}
}
