package dev.quire.kernels.device;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** Memory that kernels read and write. Equal to itself only. */
public interface DeviceMemory extends AutoCloseable {
    /** Its length. */
    long bytes();

    /**
     * Where the host reads and writes the same memory, without a copy: what it wrote is seen by commands that are submitted later, what commands
     * wrote is seen once they have completed. Empty where the device keeps its memory to itself.
     */
    Optional<MemorySegment> host();

    /** Frees it. No command that names it is running. Does not throw, even on a lost device. */
    @Override
    void close();
}
