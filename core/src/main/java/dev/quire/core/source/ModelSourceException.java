package dev.quire.core.source;

/** A model could not be found or fetched; the message says what was tried, why it failed and what would help. */
public final class ModelSourceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ModelSourceException(String message) {
        super(message);
    }

    public ModelSourceException(String message, Throwable cause) {
        super(message, cause);
    }
}
