package dev.quire.backends.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.quire.api.BackendException.Kind;
import dev.quire.kernels.portable.TensorShape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Tensors as the driver describes them to a GPU's copies of boxes (CUDA Driver API, "Tensor Map Object Management"). Numbers are those of cuda.h. */
final class TensorMap {
    private static final int BYTES = 128;
    private static final int ALIGNMENT = 64;

    private static final int NOT_INTERLEAVED = 0;
    /** Bytes of L2 that a copy brings at least: a line of it. */
    private static final int PROMOTED_TO_128 = 2;

    private static final int ZEROS_OUTSIDE = 0;

    private TensorMap() {}

    /** A description to pass to a kernel by value. */
    static MemorySegment of(Driver driver, long address, TensorShape shape, Arena arena) {
        MemorySegment map = arena.allocate(BYTES, ALIGNMENT);
        driver.run(
                Kind.STEP_FAILED,
                driver.tensorMapEncodeTiled,
                map,
                type(shape.elementBytes()),
                TensorShape.RANK,
                address,
                longs(shape.sizes().stream().mapToLong(Long::longValue).toArray(), arena),
                longs(shape.strides().stream().mapToLong(Long::longValue).toArray(), arena),
                arena.allocateFrom(
                        JAVA_INT,
                        shape.box().stream().mapToInt(Integer::intValue).toArray()),
                arena.allocateFrom(JAVA_INT, 1, 1, 1),
                NOT_INTERLEAVED,
                swizzle(shape.lineBytes()),
                PROMOTED_TO_128,
                ZEROS_OUTSIDE);
        return map;
    }

    private static MemorySegment longs(long[] values, Arena arena) {
        return arena.allocateFrom(JAVA_LONG, values);
    }

    /** Unsigned integers, whatever the elements are: their bits are all that is copied. */
    private static int type(int elementBytes) {
        return switch (elementBytes) {
            case 1 -> 0;
            case 2 -> 1;
            case 4 -> 2;
            default ->
                throw new IllegalArgumentException("no element of a tensor has %d bytes".formatted(elementBytes));
        };
    }

    private static int swizzle(int lineBytes) {
        return switch (lineBytes) {
            case 32 -> 1;
            case 64 -> 2;
            case 128 -> 3;
            default -> 0;
        };
    }
}
