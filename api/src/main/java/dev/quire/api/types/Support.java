package dev.quire.api.types;

/** A backend's answer to "can you run this?". */
public sealed interface Support {
    /** The backend runs it. */
    record Yes() implements Support {}

    /**
     * The backend does not run it.
     *
     * @param reason why, in a sentence for the person who reads {@code explain}
     */
    record No(String reason) implements Support {}

    Support YES = new Yes();

    static Support no(String reason) {
        return new No(reason);
    }

    /** Whether this is {@link Yes}. */
    default boolean granted() {
        return this instanceof Yes;
    }
}
