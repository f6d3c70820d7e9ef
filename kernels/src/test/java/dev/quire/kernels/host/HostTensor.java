package dev.quire.kernels.host;

import dev.quire.kernels.portable.TensorShape;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;

/** Tensors as kernels on the host take them: the {@code TensorMap} of {@code host.tma.h}. */
final class HostTensor {
    private static final int MOST_DIMENSIONS = 5;
    private static final StructLayout LAYOUT = MemoryLayout.structLayout(
            ValueLayout.JAVA_LONG.withName("address"),
            MemoryLayout.sequenceLayout(MOST_DIMENSIONS - 1, ValueLayout.JAVA_LONG)
                    .withName("strides"),
            MemoryLayout.sequenceLayout(MOST_DIMENSIONS, ValueLayout.JAVA_INT).withName("sizes"),
            MemoryLayout.sequenceLayout(MOST_DIMENSIONS, ValueLayout.JAVA_INT).withName("box"),
            ValueLayout.JAVA_INT.withName("rank"),
            ValueLayout.JAVA_INT.withName("element_bytes"),
            ValueLayout.JAVA_INT.withName("swizzle"),
            MemoryLayout.sequenceLayout(9, ValueLayout.JAVA_INT).withName("unused"));

    private HostTensor() {}

    static MemorySegment describe(long address, TensorShape shape, SegmentAllocator allocator) {
        MemorySegment tensor = allocator.allocate(LAYOUT);
        tensor.set(ValueLayout.JAVA_LONG, 0, address);
        for (int d = 0; d < TensorShape.RANK; d++) {
            if (d > 0) {
                part(tensor, "strides")
                        .setAtIndex(
                                ValueLayout.JAVA_LONG, d - 1, shape.strides().get(d - 1));
            }
            part(tensor, "sizes")
                    .setAtIndex(ValueLayout.JAVA_INT, d, shape.sizes().get(d).intValue());
            part(tensor, "box").setAtIndex(ValueLayout.JAVA_INT, d, shape.box().get(d));
        }
        part(tensor, "rank").set(ValueLayout.JAVA_INT, 0, TensorShape.RANK);
        part(tensor, "element_bytes").set(ValueLayout.JAVA_INT, 0, shape.elementBytes());
        part(tensor, "swizzle").set(ValueLayout.JAVA_INT, 0, shape.lineBytes() > 16 ? shape.lineBytes() : 0);
        return tensor;
    }

    private static MemorySegment part(MemorySegment tensor, String name) {
        MemoryLayout.PathElement path = MemoryLayout.PathElement.groupElement(name);
        return tensor.asSlice(LAYOUT.byteOffset(path), LAYOUT.select(path));
    }
}
