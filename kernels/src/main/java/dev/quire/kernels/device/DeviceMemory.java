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

    /**
     * Native memory, as long and freed with it, which the driver copies from and to faster than from other memory. Empty where it has none, or
     * where the host reaches the memory itself.
     */
    default Optional<MemorySegment> staging() {
        return Optional.empty();
    }

    /** Frees it. No command that names it is running. Does not throw, even on a lost device. */
    @Override
    void close();
}
