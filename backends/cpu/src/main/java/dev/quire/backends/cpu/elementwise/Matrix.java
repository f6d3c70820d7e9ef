package dev.quire.backends.cpu.elementwise;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Rows of float32 somewhere in native memory: element (r, c) lies at byte {@code offset + 4 · (r · stride + c)}. A slice of a fused
 * projection is a matrix with an offset and the stride of the whole.
 *
 * @param memory native memory
 * @param offset bytes before row 0
 * @param stride floats from one row to the next
 */
public record Matrix(MemorySegment memory, long offset, int stride) {
    public Matrix {
        if (!memory.isNative()) {
            throw new IllegalArgumentException(
                    "a matrix lies in native memory; got a heap segment of %d bytes".formatted(memory.byteSize()));
        }
    }

    /** Rows of {@code width} without gaps. */
    public static Matrix dense(MemorySegment memory, int width) {
        return new Matrix(memory, 0, width);
    }

    /** The same rows from column {@code from} onward. */
    public Matrix columns(int from) {
        return new Matrix(memory, offset + (long) from * Float.BYTES, stride);
    }

    /** Byte offset of a row's first element. */
    public long at(int row) {
        return offset + (long) row * stride * Float.BYTES;
    }

    /** One element. */
    public float get(int row, int column) {
        return memory.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at(row) + (long) column * Float.BYTES);
    }

    /** Sets one element. */
    public void set(int row, int column, float value) {
        memory.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at(row) + (long) column * Float.BYTES, value);
    }

    /** The element at a byte offset. */
    static float take(Matrix from, long at) {
        return from.memory.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at);
    }

    /** Sets the element at a byte offset. */
    static void put(Matrix to, long at, float value) {
        to.memory.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at, value);
    }
}
