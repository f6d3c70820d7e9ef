package dev.quire.conformance.bisect;

import dev.quire.api.AttentionBackend;
import dev.quire.api.memory.Buffer;
import dev.quire.api.program.Value;
import dev.quire.api.types.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** Buffers of one backend, used again from piece to piece: a backend frees them only when it closes. */
final class BufferPool {
    private final AttentionBackend backend;
    private final Map<Shape, Deque<Buffer>> free = new HashMap<>();

    BufferPool(AttentionBackend backend) {
        this.backend = backend;
    }

    private record Shape(DType dtype, int rows, int width) {}

    Buffer take(Value value, int rows) {
        Shape shape = new Shape(value.dtype(), Math.max(1, rows), value.width());
        Deque<Buffer> kept = free.computeIfAbsent(shape, any -> new ArrayDeque<>());
        return kept.isEmpty() ? backend.buffer(shape.dtype(), shape.rows(), shape.width()) : kept.pop();
    }

    void giveBack(Buffer buffer) {
        free.get(new Shape(buffer.dtype(), buffer.rows(), buffer.width())).push(buffer);
    }

    static void write(int[] words, Buffer buffer) {
        MemorySegment.copy(words, 0, buffer.memory(), ValueLayout.JAVA_INT_UNALIGNED, 0, words.length);
    }

    static int[] read(Buffer buffer, int words) {
        int[] read = new int[words];
        MemorySegment.copy(buffer.memory(), ValueLayout.JAVA_INT_UNALIGNED, 0, read, 0, words);
        return read;
    }
}
