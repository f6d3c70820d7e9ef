package dev.quire.server.bench.step;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.quire.api.memory.CacheGroup.PagedKv;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.step.StepBatch;
import dev.quire.api.types.DType;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepShapeTest {
    private static final KvCacheLayout LAYOUT =
            new KvCacheLayout(List.of(new PagedKv("kv", 1, 1, 8, DType.BF16, 16, 0)));

    @Test
    void eachSequenceOfADecodeStepHasItsOwnBlocksAndOneNewToken() {
        StepShape step = StepShape.decode(2, 20);
        StepBatch batch = step.batch(LAYOUT, 100);
        assertArrayEquals(new int[] {19, 19}, batch.positions());
        assertArrayEquals(new int[] {0, 1, 2}, batch.queryStarts());
        assertArrayEquals(new int[] {0, 1}, batch.logitRows());
        assertArrayEquals(new int[] {20, 20}, batch.groups().getFirst().contextLengths());
        assertArrayEquals(
                new int[] {16 + 3, 3 * 16 + 3}, batch.groups().getFirst().slots());
        assertEquals(4, step.blocks(LAYOUT).groups().getFirst().blocks());
        step.limits().check(batch);
    }

    @Test
    void aPromptFillsSlotsInOrderAndWantsItsLastRow() {
        StepBatch batch = StepShape.prefill(40).batch(LAYOUT, 7);
        assertArrayEquals(new int[] {39}, batch.logitRows());
        assertEquals(
                40, Arrays.stream(batch.groups().getFirst().slots()).distinct().count());
        assertEquals(0, batch.groups().getFirst().slots()[0]);
        assertEquals(39, batch.groups().getFirst().slots()[39]);
        assertEquals(
                0,
                Arrays.stream(batch.tokens().ids())
                        .filter(id -> id < 0 || id >= 7)
                        .count());
    }

    @Test
    void aStepOfNothingIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> StepShape.decode(0, 10));
        assertThrows(IllegalArgumentException.class, () -> StepShape.decode(1, 0));
        assertThrows(IllegalArgumentException.class, () -> StepShape.prefill(0));
    }
}
