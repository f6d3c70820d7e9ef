package dev.quire.server.bench.ops;

import dev.quire.api.AttentionBackend;
import dev.quire.api.memory.Buffer;
import dev.quire.api.program.ExpertOp;
import dev.quire.api.program.Op;
import dev.quire.api.program.Value;
import dev.quire.api.types.DType;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Buffers of one backend, one for each shape and use: a backend frees them only when it closes. */
final class BufferPool {
    private final AttentionBackend backend;
    private final Map<Key, Buffer> buffers = new HashMap<>();

    BufferPool(AttentionBackend backend) {
        this.backend = backend;
    }

    /** @param below for whole numbers, what all of them are less than */
    private record Key(Use use, DType dtype, int rows, int width, int below) {}

    private enum Use {
        READ,
        WRITTEN
    }

    /** A buffer that some op writes. */
    Buffer written(Value value, int rows) {
        return buffers.computeIfAbsent(new Key(Use.WRITTEN, value.dtype(), rows, value.width(), 0), this::allocate);
    }

    /** A buffer of numbers within ±1, or of different experts in each row. */
    Buffer read(Value value, int rows, List<Op> readers) {
        int below = readers.stream()
                .mapToInt(op -> op instanceof ExpertOp.ExpertLinear linear
                        ? linear.weights().size()
                        : 0)
                .max()
                .orElse(0);
        Key key = new Key(Use.READ, value.dtype(), rows, value.width(), value.dtype() == DType.I32 ? below : 0);
        return buffers.computeIfAbsent(key, any -> {
            Buffer buffer = allocate(key);
            fill(buffer, key);
            return buffer;
        });
    }

    private Buffer allocate(Key key) {
        return backend.buffer(key.dtype(), key.rows(), key.width());
    }

    private static void fill(Buffer buffer, Key key) {
        SplittableRandom random = new SplittableRandom(1);
        for (int row = 0; row < key.rows(); row++) {
            int first = random.nextInt(Math.max(1, key.below()));
            for (int column = 0; column < key.width(); column++) {
                long at = (long) row * key.width() + column;
                if (key.dtype() == DType.I32) {
                    buffer.memory()
                            .setAtIndex(
                                    ValueLayout.JAVA_INT_UNALIGNED, at, (first + column) % Math.max(1, key.below()));
                } else {
                    buffer.memory().setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, at, (float) random.nextDouble(-1, 1));
                }
            }
        }
    }
}
