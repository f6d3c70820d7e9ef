package dev.quire.api.program;

/** Which keys a query may see. Position p is that of the query in its sequence. */
public sealed interface Mask {
    /** Keys at positions 0 to p. */
    record Causal() implements Mask {}

    /**
     * Keys at positions p − size + 1 to p.
     *
     * @param size tokens visible, the query's own included
     */
    record SlidingWindow(int size) implements Mask {
        public SlidingWindow {
            if (size < 1) {
                throw new IllegalArgumentException("a window of %d tokens sees nothing; at least 1".formatted(size));
            }
        }
    }

    /** Every key of the sequence: encoders, and cross attention over a group that holds an encoder's keys. */
    record Bidirectional() implements Mask {}

    Mask CAUSAL = new Causal();
}
