package dev.quire.kernels.portable;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.BackendException;
import dev.quire.api.StepLimits;
import dev.quire.api.memory.Buffer;
import dev.quire.api.memory.CacheGroup.PagedKv;
import dev.quire.api.memory.KvCache;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.KeySource;
import dev.quire.api.program.Mask;
import dev.quire.api.program.Op;
import dev.quire.api.program.Op.Attend.HeadShape;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.GroupStep;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepTokens;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.WeightFormat;
import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PlannedStepTest {
    private static final long SEED = Long.getLong("quire.seed", 4711);
    private static final int STEPS = 4000;
    /** Like the head's size what kernels for processors take at once, so that they are chosen. */
    private static final int BLOCK = 16;

    private static final int HEAD = 16;
    private static final StepLimits LIMITS = new StepLimits(24, 3, 3, 64);
    private static final CacheRef CACHE = new CacheRef(0, 0);
    private static final Value X = Value.tokens("x", 2 * HEAD);
    private static final Value KEYS = Value.tokens("keys", HEAD);
    private static final Value SEEN = Value.tokens("seen", 2 * HEAD);
    private static final Value OUT = Value.tokens("out", 2 * HEAD);
    private static final PagedKv GROUP = new PagedKv("kv", 1, 1, HEAD, DType.BF16, BLOCK, 12);

    private final Bindings io = new Bindings(
            Optional.of(new Cache(new KvCacheLayout(List.of(GROUP)))),
            Map.of("out", new Buffer(Arena.ofAuto().allocate(24 * 128L), DType.F32, 24, 2 * HEAD)));

    private record Cache(KvCacheLayout layout) implements KvCache {
        @Override
        public void close() {}
    }

    /** Attends to the keys of the cache, and to those of the step itself. */
    private static Program program() {
        HeadShape shape = new HeadShape(2, 1, HEAD, 1);
        WeightRef table = new WeightRef("table", 10, 2 * HEAD, WeightFormat.BF16);
        WeightRef key = new WeightRef("key", HEAD, 2 * HEAD, WeightFormat.BF16);
        return Program.of(
                List.of(Value.TOKENS, Value.POSITIONS),
                List.of(
                        new Op.Embed(Value.TOKENS, table, 0, X),
                        new Op.Linear(X, key, Optional.empty(), Op.Linear.Split.WHOLE, KEYS),
                        new Op.WriteKv(KEYS, KEYS, CACHE),
                        attend(X, new KeySource.Cached(CACHE), shape, SEEN),
                        attend(SEEN, new KeySource.Step(KEYS, KEYS), shape, OUT)),
                List.of(OUT));
    }

    private static Op attend(Value q, KeySource keys, HeadShape shape, Value out) {
        return new Op.Attend(q, keys, shape, Mask.CAUSAL, Optional.empty(), List.of(), out);
    }

    @Test
    void aLaterStepOfTheShapeHasTheLaunchesAndWordsThatItWouldBePlannedWith() {
        for (WorkItem workItem : WorkItem.values()) {
            for (Numerics numerics : Numerics.values()) {
                Random random = new Random(SEED);
                PortablePlan plan = new PortablePlan(program(), LIMITS, workItem, numerics);
                Map<Object, PlannedStep> planned = new HashMap<>();
                int again = 0;
                for (int i = 0; i < STEPS; i++) {
                    StepBatch batch = batch(random);
                    PlannedStep anew = plan.plan(batch, io);
                    PlannedStep before = planned.putIfAbsent(plan.shape(batch, io), anew);
                    Optional<int[]> words = Optional.ofNullable(before).flatMap(step -> step.words(batch));
                    if (words.isPresent()) {
                        String step = "seed %d, step %d on %s in %s".formatted(SEED, i, workItem, numerics);
                        assertEquals(anew.launches().list(), before.launches().list(), step);
                        assertArrayEquals(anew.launches().words(), words.get(), step);
                        again++;
                    }
                }
                assertTrue(again > STEPS / 4, again + " steps had the layout of one before");
            }
        }
    }

    @Test
    void aStepThatFailsLeavesThePlanAsItWas() { // T5
        PortablePlan plan = new PortablePlan(program(), LIMITS, WorkItem.LANE, Numerics.REPRODUCIBLE);
        StepBatch batch = batch(new int[] {0, 5}, new int[] {1, 2}, 0);
        StepBatch foreign = batch(new int[] {0, 5}, new int[] {1, 2}, GROUP.blocks());
        PlannedStep step = plan.plan(batch, io);
        assertThrows(BackendException.class, () -> step.words(foreign));
        assertArrayEquals(step.launches().words(), step.words(batch).orElseThrow());
    }

    /** A step of one to three sequences, of few lengths, so that many have one shape. */
    private static StepBatch batch(Random random) {
        int sequences = 1 + random.nextInt(3);
        int[] before = new int[sequences];
        int[] count = new int[sequences];
        for (int s = 0; s < sequences; s++) {
            before[s] = random.nextInt(40);
            count[s] = random.nextBoolean() ? 1 : 1 + random.nextInt(7);
        }
        return batch(before, count, 0);
    }

    /** @param first block of the first sequence */
    private static StepBatch batch(int[] before, int[] count, int first) {
        int sequences = before.length;
        int[] starts = new int[sequences + 1];
        int[] contexts = new int[sequences];
        for (int s = 0; s < sequences; s++) {
            starts[s + 1] = starts[s] + count[s];
            contexts[s] = before[s] + count[s];
        }
        int tokens = starts[sequences];
        int[] positions = new int[tokens];
        int[] slots = new int[tokens];
        int stride = LIMITS.maxContext() / BLOCK;
        int[] tables = new int[sequences * stride];
        for (int s = 0; s < sequences; s++) {
            for (int i = 0; i < stride; i++) {
                tables[s * stride + i] = first + s * stride + i;
            }
            for (int row = starts[s]; row < starts[s + 1]; row++) {
                positions[row] = before[s] + row - starts[s];
                slots[row] = s * stride * BLOCK + positions[row];
            }
        }
        return new StepBatch(
                StepTokens.known(new int[tokens]),
                positions,
                starts,
                new int[0],
                new int[0],
                List.of(new GroupStep(contexts, tables, stride, slots)),
                List.of());
    }
}
