package dev.quire.conformance.guards;

import dev.quire.api.AttentionBackend;
import dev.quire.api.memory.Buffer;
import dev.quire.api.types.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * A buffer of a backend with poisoned rows behind the ones that a step may use, and a poisoned buffer of its own on either side. Poison is a NaN
 * with a payload: a program that reads it answers with NaN, one that writes over it is found out.
 */
public final class GuardedBuffer {
    /** Rows behind the ones in use. */
    public static final int MARGIN = 3;

    /** A quiet NaN that no computation makes. */
    public static final int POISON = 0x7fc5a5a5;

    private static final int NEIGHBOUR = 64;

    private final String name;
    private final Buffer before;
    private final Buffer buffer;
    private final Buffer after;
    private final int rows;
    private final boolean input;
    private final int[] written;

    private GuardedBuffer(AttentionBackend backend, String name, DType dtype, int rows, int width, int[] contents) {
        this.name = name;
        this.rows = rows;
        this.input = contents.length > 0;
        this.written = contents;
        this.before = poisoned(backend.buffer(DType.F32, 1, NEIGHBOUR));
        this.buffer = poisoned(backend.buffer(dtype, rows + MARGIN, width));
        this.after = poisoned(backend.buffer(DType.F32, 1, NEIGHBOUR));
        for (int i = 0; i < contents.length; i++) {
            buffer.memory().setAtIndex(ValueLayout.JAVA_INT_UNALIGNED, i, contents[i]);
        }
    }

    /**
     * A buffer for an output.
     *
     * @param rows that the step writes
     */
    public static GuardedBuffer output(AttentionBackend backend, String name, DType dtype, int rows, int width) {
        return new GuardedBuffer(backend, name, dtype, rows, width, new int[0]);
    }

    /** A buffer that holds an input's elements, which the step may only read. */
    public static GuardedBuffer input(AttentionBackend backend, String name, DType dtype, int[] bits, int width) {
        return new GuardedBuffer(backend, name, dtype, bits.length / width, width, bits);
    }

    private static Buffer poisoned(Buffer buffer) {
        for (long i = 0; i < words(buffer); i++) {
            buffer.memory().setAtIndex(ValueLayout.JAVA_INT_UNALIGNED, i, POISON);
        }
        return buffer;
    }

    private static long words(Buffer buffer) {
        return (long) buffer.rows() * buffer.width();
    }

    /** What to bind. */
    public Buffer buffer() {
        return buffer;
    }

    /** The bits of all elements of the rows in use, row-major. */
    public int[] bits() {
        int[] bits = new int[rows * buffer.width()];
        MemorySegment.copy(buffer.memory(), ValueLayout.JAVA_INT_UNALIGNED, 0, bits, 0, bits.length);
        return bits;
    }

    /** A rule that was broken around the buffer, or inside it if it was an input. */
    public Optional<Violation> violation() {
        for (int i = 0; i < written.length; i++) {
            int now = word(buffer, i);
            if (now != written[i]) {
                return Optional.of(new Violation(
                        "M10",
                        "input '%s' was changed in row %d column %d: 0x%08x became 0x%08x"
                                .formatted(name, i / buffer.width(), i % buffer.width(), written[i], now)));
            }
        }
        for (long i = (long) rows * buffer.width(); i < words(buffer); i++) {
            if (word(buffer, i) != POISON) {
                return Optional.of(new Violation(
                        input ? "M10" : "M9",
                        "row %d column %d of '%s' was written, but it has %d rows in this step"
                                .formatted(i / buffer.width(), i % buffer.width(), name, rows)));
            }
        }
        return neighbour(before, "before").or(() -> neighbour(after, "behind"));
    }

    private Optional<Violation> neighbour(Buffer guard, String where) {
        for (long i = 0; i < words(guard); i++) {
            if (word(guard, i) != POISON) {
                return Optional.of(new Violation(
                        "M9",
                        "the buffer %s '%s', which nothing is bound to, was written at element %d"
                                .formatted(where, name, i)));
            }
        }
        return Optional.empty();
    }

    private static int word(Buffer buffer, long i) {
        return buffer.memory().getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, i);
    }
}
