package dev.quire.api.step;

/** A submitted step. Its bound outputs may be read once {@link #await} has returned. */
public interface Ticket {
    /**
     * Waits until the step has run; later calls return at once. Any thread may call it.
     *
     * @throws dev.quire.api.BackendException if the step failed
     */
    StepResult await();

    /** Whether {@link #await} would return, or throw, at once. */
    boolean isDone();
}
