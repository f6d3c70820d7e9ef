package dev.quire.kernels.device;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** Something that a device does when its turn comes. */
public sealed interface Command {
    /**
     * Runs a kernel over a one-dimensional grid.
     *
     * @param kernel as {@link Device#build} knows it
     * @param groups work-groups
     * @param groupSize work-items of a group
     * @param localBytes of work-group memory, beyond what the kernel declares; only kernels of the CUDA family ask for any
     * @param operands in the order of the kernel's parameters
     */
    record Launch(String kernel, int groups, int groupSize, int localBytes, List<Operand> operands) implements Command {
        public Launch {
            operands = List.copyOf(operands);
        }

        /** A launch that asks for no local memory. */
        public Launch(String kernel, int groups, int groupSize, List<Operand> operands) {
            this(kernel, groups, groupSize, 0, operands);
        }
    }

    /**
     * Copies host memory to the device's; the host leaves it alone until the command has completed.
     *
     * @param from native memory, all of which is copied
     * @param offset bytes from the start of {@code to}
     */
    record Upload(MemorySegment from, DeviceMemory to, long offset) implements Command {}

    /**
     * Copies device memory to the host's, which holds it once the command has completed.
     *
     * @param offset bytes from the start of {@code from}
     * @param to native memory, all of which is filled
     */
    record Download(DeviceMemory from, long offset, MemorySegment to) implements Command {}

    /** Fills memory with zeros. */
    record Zero(DeviceMemory memory) implements Command {}
}
