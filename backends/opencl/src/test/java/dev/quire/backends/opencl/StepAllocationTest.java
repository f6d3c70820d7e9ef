package dev.quire.backends.opencl;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the thread that drives a device leaves on the heap for a step whose shape came before. */
class StepAllocationTest extends DeviceTest {
    /** Rounds in which the compiler may come to the code of a step: more than any machine needs. */
    private static final int MOST_ROUNDS = 500;

    private static final int STEPS = 200;
    /** The batch and its words, the shape that finds the recording, the ticket. No launch is planned anew. */
    private static final long BYTES = 2048;

    @Test
    void aStepAllocatesAsMuchHoweverManyKernelsItHas() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (StepScene scene = new StepScene(folder, Map.of())) {
            long least = Long.MAX_VALUE; // early rounds allocate what compiled code does not
            for (int round = 0; round < MOST_ROUNDS && least > BYTES; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < STEPS; i++) {
                    scene.step(i % 40).await();
                }
                least = Math.min(least, (threads.getCurrentThreadAllocatedBytes() - before) / STEPS);
            }
            System.out.printf("%d bytes on the heap a step of %d kernels%n", least, StepScene.KERNELS);
            assertTrue(least <= BYTES, least + " bytes a step");
        }
    }
}
