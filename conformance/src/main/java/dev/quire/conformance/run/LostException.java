package dev.quire.conformance.run;

/** The JVM that ran a case crashed, or was killed because the case took too long. */
final class LostException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String output;

    LostException(String message, String output) {
        super(message);
        this.output = output;
    }

    /** The last lines that it printed. */
    String output() {
        return output;
    }
}
