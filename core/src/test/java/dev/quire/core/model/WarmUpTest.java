package dev.quire.core.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.memory.CacheGroup;
import dev.quire.api.step.GroupStep;
import dev.quire.api.step.StepBatch;
import dev.quire.api.types.DType;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WarmUpTest {
    private static final long SEED = Long.getLong("quire.seed", 20261121);

    @Test
    void stepsStayWithinTheCacheAndTheLimitsHoweverSmall() {
        System.out.println("-Dquire.seed=" + SEED);
        Random random = new Random(SEED);
        for (int i = 0; i < 500; i++) {
            int blockSize = 1 << random.nextInt(6);
            int blocks = 1 + random.nextInt(40);
            int mostTokens = 1 + random.nextInt(60);
            int mostContext = 1 + random.nextInt(100);
            CacheGroup group = new CacheGroup.PagedKv("g", 1, 1, 64, DType.BF16, blockSize, blocks);
            WarmUp steps = WarmUp.within(group, mostTokens, mostContext);
            int prefills = 0;
            int end = 0;
            for (int step = 0; step < WarmUp.STEPS; step++) {
                StepBatch batch = steps.forward(step, blockSize);
                GroupStep written = batch.groups().getFirst();
                int count = batch.tokenCount();
                int first = batch.positions()[0];
                assertTrue(count <= mostTokens, "seed " + SEED + ", " + steps);
                assertTrue(first == 0 || first == end, "each step goes on where the last one ended");
                end = first + count;
                assertEquals(end, written.contextLengths()[0]);
                assertTrue(end <= mostContext && end <= blocks * blockSize, "seed " + SEED + ", " + steps);
                assertEquals(Math.ceilDiv(end, blockSize), written.tableStride());
                assertArrayEquals(batch.positions(), written.slots(), "blocks are taken from the first on");
                prefills += first == 0 ? 1 : 0;
            }
            assertTrue(prefills > 0);
        }
    }
}
