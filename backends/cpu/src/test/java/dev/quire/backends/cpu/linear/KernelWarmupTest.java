package dev.quire.backends.cpu.linear;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import dev.quire.api.types.WeightFormat;
import dev.quire.backends.cpu.onednn.OneDnnLibrary;
import dev.quire.backends.cpu.threads.WorkerPool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KernelWarmupTest {
    /** A kernel that boxes its vectors allocates some hundred bytes for each, a hundred times this in all. */
    private static final long MOST_BYTES = 32 << 10;

    private static final int MOST_RUNS = 100_000;

    @ParameterizedTest
    @EnumSource
    void compiledKernelsKeepTheirVectorsInRegisters(WeightFormat format) {
        watch(format, SumOrder.FREE);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "FREE")
    void compiledCanonicalKernelsKeepTheirVectorsInRegisters(SumOrder order) {
        watch(WeightFormat.BF16, order);
    }

    private static void watch(WeightFormat format, SumOrder order) {
        assumeTrue(Lanes.COUNT >= 8, "the kernels are made for vectors of 256 bits and more");
        Samples samples = new Samples("compiledKernelsKeepTheirVectorsInRegisters");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (Arena arena = Arena.ofShared();
                WorkerPool pool = new WorkerPool(1)) {
            LinearPacker packer = new LinearPacker(pool, new OneDnnLibrary.Missing("plain Java is watched"));
            packer.warmUp(format, order);
            LinearWeight weight = format.isQuantized()
                    ? samples.quantized(format, 128, 512, arena)
                    : samples.dense(format, 128, 512, arena);
            PackedLinear linear = packer.pack(List.of(weight), order, arena);
            for (int rows : new int[] {1, 2, 7}) {
                MemorySegment x = samples.floats(arena, rows * 512L);
                List<MemorySegment> y = List.of(arena.allocate(4L * rows * 128, 64));
                long bytes = Long.MAX_VALUE;
                // The compiler works beside us and may not be done yet.
                for (int run = 0; run < MOST_RUNS && bytes > MOST_BYTES; run++) {
                    long before = threads.getCurrentThreadAllocatedBytes();
                    linear.run(x, rows, y);
                    bytes = threads.getCurrentThreadAllocatedBytes() - before;
                }
                long least = bytes;
                assertTrue(
                        least <= MOST_BYTES, () -> linear.kernel() + ", " + rows + " rows: " + least + " bytes a run");
            }
        }
    }
}
