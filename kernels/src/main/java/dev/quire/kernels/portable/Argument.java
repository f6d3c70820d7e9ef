package dev.quire.kernels.portable;

/** One argument of a kernel. */
public sealed interface Argument {
    /**
     * A pointer.
     *
     * @param offset bytes from the region's start, a multiple of {@link Region#ALIGNMENT}
     */
    record At(Region region, long offset) implements Argument {}

    /** A tensor of which the kernel has boxes copied; only those of {@link WorkItem#WARP_GROUP} do. */
    record Tensor(At start, TensorShape shape) implements Argument {}

    /** A pointer that the kernel does not follow. */
    record Nowhere() implements Argument {}

    /** A 32-bit integer. */
    record Int(int value) implements Argument {}

    /** A float32. */
    record Real(float value) implements Argument {}

    Argument NOWHERE = new Nowhere();

    static Argument at(Region region) {
        return new At(region, 0);
    }

    static Argument of(int value) {
        return new Int(value);
    }

    static Argument of(float value) {
        return new Real(value);
    }
}
