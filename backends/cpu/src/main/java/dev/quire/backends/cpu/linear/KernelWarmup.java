package dev.quire.backends.cpu.linear;

import dev.quire.api.types.WeightFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * Runs small layers until the JVM has compiled their kernels. Until then each vector is an object and a kernel hundreds of times
 * slower, which the first requests of a server would feel.
 */
final class KernelWarmup {
    private static final int INPUTS = 512;
    private static final int OUTPUTS = 2 * Panels.WIDTH;

    /** One row alone, a pair, and seven, which are expanded in every format and run as tiles of each size. */
    private static final int[] ROWS = {1, 2, 7};

    private static final int RUNS = 400;

    private KernelWarmup() {}

    static void run(LinearPacker packer, WeightFormat format, SumOrder order) {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment zeros = arena.allocate(format.bytes(INPUTS) * OUTPUTS, 64);
            var weight = new LinearWeight(format, OUTPUTS, INPUTS, zeros, Optional.empty());
            PackedLinear linear = packer.pack(List.of(weight), order, arena);
            for (int rows : ROWS) {
                MemorySegment x = arena.allocate(4L * rows * INPUTS, 64);
                List<MemorySegment> y = List.of(arena.allocate(4L * rows * OUTPUTS, 64));
                for (int i = 0; i < RUNS; i++) {
                    linear.run(x, rows, y);
                }
            }
        }
    }
}
