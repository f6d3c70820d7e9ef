package dev.quire.backends.cpu.onednn;

/** A call into oneDNN was refused. */
public final class OneDnnException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OneDnnException(String message) {
        super(message);
    }
}
