package dev.quire.core.weights.format;

/** A weights file is damaged, hostile or not what the model needs; the message carries the file, the value, the cause and the fix. */
public final class WeightFormatException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public WeightFormatException(String message) {
        super(message);
    }

    public WeightFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
