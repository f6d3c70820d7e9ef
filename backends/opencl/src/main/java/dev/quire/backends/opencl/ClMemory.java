package dev.quire.backends.opencl;

import dev.quire.kernels.device.DeviceMemory;
import java.lang.foreign.MemorySegment;
import org.jocl.cl_kernel;

/** Device memory, and what can be queued with it. */
sealed interface ClMemory extends DeviceMemory permits SharedMemory, BufferMemory {
    /** Makes it argument {@code index} of a kernel, from {@code offset} on. */
    void bind(cl_kernel kernel, int index, long offset);

    /** A copy of all of {@code from}, host memory, to {@code offset}. */
    Call write(MemorySegment from, long offset);

    /** A copy from {@code offset} to all of {@code to}, host memory. */
    Call read(MemorySegment to, long offset);

    /** Zeros for all of it. */
    Call zero();
}
