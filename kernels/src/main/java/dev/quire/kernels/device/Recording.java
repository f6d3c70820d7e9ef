package dev.quire.kernels.device;

/** Commands with everything fixed, for replay. */
public interface Recording extends AutoCloseable {
    /**
     * Queues the commands behind everything that the device was given before, and returns at once. Not called while an earlier submission of the
     * same recording runs. Where it fails, what it had queued has ended, so that the memory that it names may be written and freed.
     */
    Completion submit();

    /** Frees it; its last submission has completed. Does not throw, even on a lost device. */
    @Override
    void close();
}
