package dev.quire.backends.cpu.elementwise;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.quire.api.program.Activation;
import dev.quire.api.program.Rotary;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A vector that the compiler cannot keep in a register lands on the heap and makes its kernel several times slower. */
class ElementwiseAllocationTest {
    /** The scratch of a norm; one boxed vector for each of 16 · 96 would be a hundred times as much. */
    private static final long ALLOWED = 1024;

    @Test
    void warmKernelsAllocateNoVectors() {
        int width = 1536;
        int rows = 16;
        try (Arena arena = Arena.ofConfined()) {
            Matrix x = Rows.random(arena, rows, width, new Random(1)).matrix;
            Matrix y = Rows.random(arena, rows, width, new Random(2)).matrix;
            Matrix out = Rows.blank(arena, rows, width).matrix;
            int[] positions = new int[rows];
            RmsNorm rms = new RmsNorm(width, width, 1e-5f, Optional.empty(), 0f);
            RmsNorm perHead = new RmsNorm(width, 64, 1e-5f, Optional.empty(), 0f);
            LayerNorm layer = new LayerNorm(width, width, 1e-5f, Optional.empty(), Optional.empty());
            Map<String, Runnable> kernels = new HashMap<>();
            for (Activation activation : Activation.values()) {
                kernels.put("gated " + activation, () -> Activate.gated(activation, x, y, out, width, 0, rows));
            }
            for (Rotary.Pairing pairing : Rotary.Pairing.values()) {
                Rope rope = new Rope(Rotary.of(64, 10000, pairing), width / 64, 64, 4);
                kernels.put("rope " + pairing, () -> rope.rows(x, positions, out, 0, rows));
            }
            kernels.put("rms norm", () -> rms.rows(x, out, 0, rows));
            kernels.put("rms norm per head", () -> perHead.rows(x, out, 0, rows));
            kernels.put("layer norm", () -> layer.rows(x, out, 0, rows));
            kernels.put("add", () -> Pointwise.add(x, y, out, width, 0, rows));
            kernels.put("scale", () -> Pointwise.scale(x, 2f, out, width, 0, rows));
            kernels.put("soft cap", () -> Pointwise.softCap(x, 30f, out, width, 0, rows));
            kernels.put("argmax", () -> ArgMax.of(x, 0, width));
            kernels.forEach(ElementwiseAllocationTest::assertWarmsUp);
        }
    }

    private static void assertWarmsUp(String name, Runnable kernel) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 100_000 && least > ALLOWED; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            kernel.run();
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertTrue(least <= ALLOWED, name + " allocated " + least + " bytes at best");
    }
}
