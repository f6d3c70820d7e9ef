package dev.quire.backends.cpu.attention;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.quire.api.program.Mask;
import dev.quire.api.types.DType;
import dev.quire.backends.cpu.elementwise.Matrix;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A vector that the compiler cannot keep in a register lands on the heap and makes its kernel some ten times slower. */
class AttentionAllocationTest {
    /** Less than one vector for each query row and segment. */
    private static final long ALLOWED = 4096;

    @ParameterizedTest
    @CsvSource({"BF16, 1", "BF16, 3", "BF16, 4", "BF16, 7", "F32, 1", "F32, 4"})
    void aWarmStepAllocatesNothing(DType dtype, int group) {
        int tokens = 1600;
        AttentionShape shape =
                new AttentionShape(2 * group, 2, 64, 0.125f, Mask.CAUSAL, Optional.empty(), new float[0]);
        try (Arena arena = Arena.ofConfined()) {
            AttentionScene scene = new AttentionScene(arena, shape, dtype, 16, tokens, 1, new Random(group));
            int[] table = scene.newTable();
            scene.write(table, 0, tokens);
            Matrix q = scene.matrix(scene.q, shape.heads() * 64);
            Matrix out = scene.matrix(scene.q, shape.heads() * 64);
            AttentionPlan plan = new AttentionPlan(shape, 1);
            PagedAttention attention = new PagedAttention(shape, dtype, 1);
            int[] starts = {0, 1, 40};
            int[] positions = new int[40];
            Arrays.setAll(positions, i -> tokens - 40 + i);
            int[] lengths = {tokens - 39, tokens};
            int[] tables = Arrays.copyOf(table, 2 * table.length);
            System.arraycopy(table, 0, tables, table.length, table.length);
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long least = Long.MAX_VALUE;
            for (int round = 0; round < 50_000 && least > ALLOWED; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                plan.prepare(starts, positions, lengths);
                attention.run(0, plan, scene.pool, q, tables, table.length, out);
                attention.finish(0, plan, out);
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
            assertTrue(least <= ALLOWED, "a step of 40 rows over 4 segments allocated " + least + " bytes at best");
        }
    }
}
