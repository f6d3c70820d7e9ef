package dev.quire.api;

import dev.quire.api.step.Bindings;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.Ticket;

/** A compiled program. */
public interface Executable extends AutoCloseable {
    /**
     * Runs the program on a batch. Returns at once; steps, copies and swaps of one backend take effect in the order of issue.
     *
     * @throws BackendException if the batch exceeds the limits that the program was compiled with
     */
    Ticket submit(StepBatch batch, Bindings io);

    /** Device memory that this executable needs beside weights, caches and bound buffers. */
    long workspaceBytes();

    @Override
    void close();
}
