package dev.quire.conformance.run;

/** The run was asked for wrongly; the message says what is wrong and what may stand there. */
public final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }

    UsageException(String message, Throwable cause) {
        super(message, cause);
    }
}
