package dev.quire.server.options;

/** Options that cannot be used; the message names value, source, reason and choices, one problem a line. */
public final class OptionException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    public OptionException(String message) {
        super(message);
    }
}
