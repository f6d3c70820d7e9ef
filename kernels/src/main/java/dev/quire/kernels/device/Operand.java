package dev.quire.kernels.device;

import dev.quire.kernels.portable.TensorShape;

/** One argument of a launch, its memory found. */
public sealed interface Operand {
    /**
     * A pointer.
     *
     * @param offset bytes from the start of the memory
     */
    record Pointer(DeviceMemory memory, long offset) implements Operand {}

    /** A tensor of which the kernel has boxes copied: only devices whose work-items are warp groups are given any. */
    record Tensor(Pointer start, TensorShape shape) implements Operand {}

    /** A pointer that the kernel does not follow: null. */
    record Nowhere() implements Operand {}

    /** A 32-bit integer. */
    record Int(int value) implements Operand {}

    /** A float32. */
    record Real(float value) implements Operand {}
}
