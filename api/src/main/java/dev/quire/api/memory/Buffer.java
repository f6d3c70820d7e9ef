package dev.quire.api.memory;

import dev.quire.api.types.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A matrix [rows, width] that crosses a program's edge, row-major, host-visible. Made by {@code AttentionBackend.buffer}; lives until its
 * backend closes. A step may fill fewer rows than there are.
 *
 * @param memory off heap
 * @param dtype element type
 * @param rows capacity in rows
 * @param width elements in a row
 */
public record Buffer(MemorySegment memory, DType dtype, int rows, int width) {
    public Buffer {
        long needed = (long) rows * width * dtype.bytes();
        if (memory.byteSize() < needed) {
            throw new IllegalArgumentException("a buffer of [%d, %d] %s needs %d bytes; got %d"
                    .formatted(rows, width, dtype, needed, memory.byteSize()));
        }
    }

    /** Element of an F32 buffer. */
    public float floatAt(int row, int column) {
        return memory.get(ValueLayout.JAVA_FLOAT_UNALIGNED, ((long) row * width + column) * Float.BYTES);
    }

    /** Element of an I32 buffer. */
    public int intAt(int row, int column) {
        return memory.get(ValueLayout.JAVA_INT_UNALIGNED, ((long) row * width + column) * Integer.BYTES);
    }
}
