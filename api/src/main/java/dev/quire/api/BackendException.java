package dev.quire.api;

import java.util.Objects;

/** A backend could not do what it was asked. The message carries the value, the cause and the fix. */
public final class BackendException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What a caller can do about it. */
    public enum Kind {
        /** Memory ran out: ask for less. */
        OUT_OF_MEMORY,
        /** The device is gone: close the backend; no later call succeeds. */
        DEVICE_LOST,
        /** The request cannot be met by this backend: {@code supports} says why. */
        UNSUPPORTED,
        /** The step failed; the backend is still usable. */
        STEP_FAILED
    }

    private final Kind kind;

    public BackendException(Kind kind, String message) {
        super(message);
        this.kind = Objects.requireNonNull(kind);
    }

    public BackendException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = Objects.requireNonNull(kind);
    }

    /** What a caller can do about it. */
    public Kind kind() {
        return kind;
    }
}
