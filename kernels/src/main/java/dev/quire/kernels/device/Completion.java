package dev.quire.kernels.device;

/** The end of a submission. Any thread may call the methods, by one thread at a time. */
public interface Completion {
    /** Whether {@link #await} would return, or throw, at once. Not called after it. */
    boolean isDone();

    /**
     * Waits until all commands have completed, and gives back what the driver keeps for this submission. Called at most once.
     *
     * @throws dev.quire.api.BackendException of kind STEP_FAILED if they failed and the device is well, or DEVICE_LOST
     */
    void await();

    /** Whether memory of the host that commands copy from has been read for good, so that it may change, though they may not have completed. */
    default boolean hasRead() {
        return false;
    }
}
