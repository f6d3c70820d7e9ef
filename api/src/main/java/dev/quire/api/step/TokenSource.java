package dev.quire.api.step;

/** Where a token of a step comes from. */
public sealed interface TokenSource {
    /** The id is known. */
    record Known(int id) implements TokenSource {}

    /** The id is what row {@code row} of a sampling step chooses; known to the device before it is known to the host. */
    record SampledBy(Ticket ticket, int row) implements TokenSource {}
}
