package dev.quire.backends.cpu.linear;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** Checks what a layer is given before native code reads it. */
final class RunCheck {
    private RunCheck() {}

    static void check(PackedLinear linear, MemorySegment x, int rows, List<MemorySegment> ys) {
        if (rows < 1) {
            throw new IllegalArgumentException("A linear layer of " + rows + " rows; it runs on at least 1");
        }
        size("x", x, rows, linear.inputs());
        if (ys.size() != linear.outputs().size()) {
            throw new IllegalArgumentException("%d outputs for %d layers"
                    .formatted(ys.size(), linear.outputs().size()));
        }
        for (int i = 0; i < ys.size(); i++) {
            size("output " + i, ys.get(i), rows, linear.outputs().get(i));
        }
    }

    private static void size(String name, MemorySegment memory, int rows, int columns) {
        long bytes = 4L * rows * columns;
        if (!memory.isNative() || memory.byteSize() < bytes) {
            throw new IllegalArgumentException(
                    "%s of a linear layer is %s of %d bytes; [%d, %d] float32 takes %d of native memory"
                            .formatted(
                                    name,
                                    memory.isNative() ? "native" : "on the heap",
                                    memory.byteSize(),
                                    rows,
                                    columns,
                                    bytes));
        }
    }
}
