package dev.quire.conformance.metamorphic;

import java.util.List;

/** One thing that happens to sequences. Each step goes on where the sequence stands. */
sealed interface Move {
    /**
     * A step.
     *
     * @param label for messages
     * @param parts in the order of the batch
     */
    record Compute(String label, List<Part> parts) implements Move {}

    /**
     * A sequence's part of a step.
     *
     * @param tokens may be 0
     */
    record Part(int sequence, int tokens) {}

    /** A new sequence begins with the first tokens of another: whole blocks are shared, the rest of the last one is copied. */
    record Share(int from, int to, int tokens) implements Move {}

    /** A sequence's blocks go to the host, and are free. */
    record SwapOut(int sequence) implements Move {}

    /** They come back, to other blocks. */
    record SwapIn(int sequence) implements Move {}

    /** A sequence loses its blocks and begins anew. */
    record Drop(int sequence) implements Move {}

    /** Every block that nobody has is filled with NaN. */
    record Scribble() implements Move {}
}
