package dev.quire.api;

/**
 * Opens one device again and again, as the conformance kit does for its cases. What a backend leaves when it is closed, compiled code or memory, may serve
 * the next one, until this is closed. Any thread may use it.
 */
public interface BackendSeries extends AutoCloseable {
    /**
     * Opens the device; the caller closes it before this.
     *
     * @throws BackendException if it cannot be opened
     */
    AttentionBackend open();

    /** Frees what closed backends have left. */
    @Override
    void close();
}
