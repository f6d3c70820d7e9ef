package dev.quire.core.text;

/** A tokenizer that cannot be built or used; the message names the file or key, the cause and the fix. */
public final class TokenizerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message value, cause and fix */
    public TokenizerException(String message) {
        super(message);
    }

    /**
     * @param message value, cause and fix
     * @param cause what the library or the file system said
     */
    public TokenizerException(String message, Throwable cause) {
        super(message, cause);
    }
}
