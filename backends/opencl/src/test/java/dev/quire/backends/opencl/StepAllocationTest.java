package dev.quire.backends.opencl;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the thread that drives a device leaves on the heap for a step whose shape came before. */
class StepAllocationTest extends DeviceTest {
    private static final int WARM = 200;
    private static final int STEPS = 500;
    /** Each launch is planned anew, and compared with those that are recorded. */
    private static final long BYTES_A_KERNEL = 4096;

    @Test
    void aStepAllocatesAFewKilobytesForEachKernel() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (StepScene scene = new StepScene(folder, Map.of())) {
            run(scene, WARM);
            long before = threads.getCurrentThreadAllocatedBytes();
            run(scene, STEPS);
            long bytes = (threads.getCurrentThreadAllocatedBytes() - before) / STEPS;
            System.out.printf("%d bytes on the heap a step of %d kernels%n", bytes, StepScene.KERNELS);
            assertTrue(bytes <= StepScene.KERNELS * BYTES_A_KERNEL, bytes + " bytes a step");
        }
    }

    private static void run(StepScene scene, int steps) {
        for (int i = 0; i < steps; i++) {
            scene.step(i % 40).await();
        }
    }
}
