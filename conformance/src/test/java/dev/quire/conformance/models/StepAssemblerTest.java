package dev.quire.conformance.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.memory.CacheGroup;
import dev.quire.api.step.GroupStep;
import dev.quire.api.step.StepBatch;
import dev.quire.api.types.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class StepAssemblerTest {
    private static final long SEED = Long.getLong("quire.seed", 4711);
    private static final int BLOCK = 16;

    /** Steps of random texts whose tokens tell text and position. */
    private static final class History {
        private final List<ForcedText> texts = new ArrayList<>();
        private final List<StepAssembler.Step> steps = new ArrayList<>();
        private final int blocks;

        History(Random random) {
            for (int i = 0; i < 20; i++) {
                int length = 1 + random.nextInt(90);
                int first = i * 1000;
                texts.add(new ForcedText(
                        IntStream.range(first, first + length).toArray(),
                        1 + random.nextInt(length),
                        random.nextInt(length)));
            }
            CacheGroup keys = new CacheGroup.PagedKv("kv", 1, 1, 8, DType.BF16, BLOCK, 0);
            StepAssembler assembler = new StepAssembler(texts, List.of(keys), random);
            while (assembler.hasNext()) {
                steps.add(assembler.next());
            }
            blocks = assembler.layout().groups().getFirst().blocks();
        }
    }

    @RepeatedTest(50)
    void everyTokenIsFedOnceInOrderIntoASlotOfItsOwn(RepetitionInfo repetition) { // M3, M4, A2
        History history = new History(new Random(SEED + repetition.getCurrentRepetition()));
        Map<Integer, Integer> fed = new HashMap<>();
        Set<Integer> slots = new HashSet<>();
        for (StepAssembler.Step step : history.steps) {
            StepBatch batch = step.batch();
            GroupStep group = batch.groups().getFirst();
            assertTrue(batch.tokenCount() > 0 && batch.tokenCount() <= StepAssembler.TOKENS);
            assertTrue(batch.sequences() <= StepAssembler.SEQUENCES);
            for (int s = 0; s < batch.sequences(); s++) {
                for (int row = batch.queryStarts()[s]; row < batch.queryStarts()[s + 1]; row++) {
                    int token = batch.tokens().ids()[row];
                    int position = batch.positions()[row];
                    assertEquals(token % 1000, position);
                    assertEquals(position, fed.merge(token / 1000, 1, Integer::sum) - 1);
                    int slot = group.block(s, position / BLOCK) * BLOCK + position % BLOCK;
                    assertEquals(slot, group.slots()[row]);
                    assertTrue(slot < history.blocks * BLOCK && slots.add(slot), "slot " + slot);
                }
                int last = batch.positions()[batch.queryStarts()[s + 1] - 1];
                assertEquals(last + 1, group.contextLengths()[s]);
            }
        }
        for (int i = 0; i < history.texts.size(); i++) {
            assertEquals(history.texts.get(i).tokens().length, fed.get(i));
        }
    }

    @RepeatedTest(20)
    void everyWantedRowIsThereOnce(RepetitionInfo repetition) {
        History history = new History(new Random(SEED + repetition.getCurrentRepetition()));
        Set<List<Integer>> seen = new HashSet<>();
        for (StepAssembler.Step step : history.steps) {
            int[] rows = step.batch().logitRows();
            for (int r = 0; r < rows.length; r++) {
                int token = step.batch().tokens().ids()[rows[r]];
                ForcedText text = history.texts.get(step.texts()[r]);
                assertEquals(token, text.tokens()[text.wanted() + step.rows()[r]]);
                assertTrue(seen.add(List.of(step.texts()[r], step.rows()[r])));
            }
        }
        assertEquals(history.texts.stream().mapToInt(ForcedText::rows).sum(), seen.size());
    }

    @Test
    void stepsMixChunksAndSingleTokensInChangingOrder() {
        History history = new History(new Random(SEED));
        assertTrue(
                history.steps.stream().anyMatch(step -> {
                    int[] starts = step.batch().queryStarts();
                    int[] sizes = IntStream.range(0, starts.length - 1)
                            .map(s -> starts[s + 1] - starts[s])
                            .toArray();
                    return Arrays.stream(sizes).anyMatch(n -> n == 1)
                            && Arrays.stream(sizes).anyMatch(n -> n > 1);
                }),
                "seed " + SEED);
    }
}
