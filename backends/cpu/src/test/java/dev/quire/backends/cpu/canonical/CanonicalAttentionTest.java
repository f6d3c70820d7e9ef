package dev.quire.backends.cpu.canonical;

import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.KeySource;
import dev.quire.api.program.Mask;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.step.GroupStep;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepTokens;
import dev.quire.api.types.DType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CanonicalAttentionTest {
    private static final long SEED = Long.getLong("quire.seed", 4711);
    private static final int BLOCK = 16;

    private final Random random = new Random(SEED);
    private final Hostile hostile = new Hostile(random);

    @Test
    void attentionOverACacheHasTheBitsOfTheInterpreter() { // N11, N14
        try (TwoBackends backends = new TwoBackends()) {
            for (int i = 0; i < 40; i++) {
                Trial trial = cached();
                backends.assertSameBits(
                        trial, "%s, seed %d".formatted(trial.program().ops(), SEED));
            }
        }
    }

    @Test
    void attentionOverTheStepsOwnRowsCutsSegmentsAtAbsolutePositions() { // N14, A2
        try (TwoBackends backends = new TwoBackends()) {
            for (int i = 0; i < 30; i++) {
                Trial trial = ofStep();
                backends.assertSameBits(
                        trial, "%s, seed %d".formatted(trial.program().ops(), SEED));
            }
        }
    }

    private Trial ofStep() {
        Op.Attend.HeadShape heads = heads();
        Value q = Value.tokens("q", heads.heads() * heads.headSize());
        Value k = Value.tokens("k", heads.kvHeads() * heads.headSize());
        Value v = Value.tokens("v", k.width());
        Value out = Value.tokens("out", q.width());
        Op attend = new Op.Attend(q, new KeySource.Step(k, v), heads, mask(), cap(), slopes(heads.heads()), out);
        Program program = Program.of(List.of(q, k, v), List.of(attend), List.of(out));
        int[] done = new int[random.nextInt(1, 4)];
        int[] chunks = new int[done.length];
        for (int s = 0; s < done.length; s++) {
            done[s] = random.nextBoolean() ? 0 : random.nextInt(1100);
            chunks[s] = random.nextInt(5) == 0 ? random.nextInt(600) : random.nextInt(40);
        }
        StepBatch batch = batch(done, chunks, new int[200 * done.length], 200);
        return Trial.of(program, ref -> null, batch, inputs(program, batch.tokenCount()));
    }

    /** Sequences over shuffled blocks, their contexts filled by chunks of different lengths. */
    private Trial cached() {
        Op.Attend.HeadShape heads = heads();
        Value q = Value.tokens("q", heads.heads() * heads.headSize());
        Value k = Value.tokens("k", heads.kvHeads() * heads.headSize());
        Value v = Value.tokens("v", k.width());
        Value out = Value.tokens("out", q.width());
        CacheRef target = new CacheRef(0, random.nextInt(2));
        Op write = new Op.WriteKv(k, v, target);
        Op attend = new Op.Attend(q, new KeySource.Cached(target), heads, mask(), cap(), slopes(heads.heads()), out);
        Program program = Program.of(List.of(q, k, v), List.of(write, attend), List.of(out));
        int[] lengths = new int[random.nextInt(1, 4)];
        for (int s = 0; s < lengths.length; s++) {
            lengths[s] = random.nextInt(6) == 0 ? random.nextInt(1100) : random.nextInt(40);
        }
        int stride = 1200 / BLOCK;
        List<Integer> blocks = new ArrayList<>();
        for (int block = 0; block < stride * lengths.length; block++) {
            blocks.add(block);
        }
        Collections.shuffle(blocks, random);
        int[] tables = blocks.stream().mapToInt(Integer::intValue).toArray();
        int[] done = new int[lengths.length];
        List<StepBatch> steps = new ArrayList<>();
        List<Map<String, float[]>> inputs = new ArrayList<>();
        for (int step = 0; step < 3; step++) {
            int[] chunks = new int[lengths.length];
            for (int s = 0; s < chunks.length; s++) {
                int left = lengths[s] - done[s];
                chunks[s] = step == 1 ? left : random.nextInt(left + 1);
                chunks[s] = step == 2 ? random.nextInt(3) : chunks[s];
            }
            StepBatch batch = batch(done, chunks, tables, stride);
            steps.add(batch);
            inputs.add(inputs(program, batch.tokenCount()));
            for (int s = 0; s < chunks.length; s++) {
                done[s] += chunks[s];
            }
        }
        KvCacheLayout layout = new KvCacheLayout(List.of(
                new CacheGroup.PagedKv("kv", 2, heads.kvHeads(), heads.headSize(), DType.BF16, BLOCK, tables.length)));
        return new Trial(program, Optional.of(layout), ref -> null, steps, inputs);
    }

    private Map<String, float[]> inputs(Program program, int rows) {
        Map<String, float[]> data = new HashMap<>();
        boolean finite = random.nextInt(4) > 0;
        for (Value value : program.inputs()) {
            int n = rows * value.width();
            data.put(value.name(), finite ? hostile.finite(n) : hostile.withInfinities(n));
        }
        return data;
    }

    private static StepBatch batch(int[] done, int[] chunks, int[] tables, int stride) {
        int[] starts = new int[chunks.length + 1];
        int[] contexts = new int[chunks.length];
        List<Integer> positions = new ArrayList<>();
        List<Integer> slots = new ArrayList<>();
        for (int s = 0; s < chunks.length; s++) {
            for (int position = done[s]; position < done[s] + chunks[s]; position++) {
                positions.add(position);
                slots.add(tables[s * stride + position / BLOCK] * BLOCK + position % BLOCK);
            }
            starts[s + 1] = positions.size();
            contexts[s] = done[s] + chunks[s];
        }
        GroupStep group = new GroupStep(
                contexts,
                tables,
                stride,
                slots.stream().mapToInt(Integer::intValue).toArray());
        return new StepBatch(
                StepTokens.known(new int[positions.size()]),
                positions.stream().mapToInt(Integer::intValue).toArray(),
                starts,
                new int[0],
                new int[0],
                List.of(group),
                List.of());
    }

    private Op.Attend.HeadShape heads() {
        int kvHeads = random.nextInt(1, 4);
        int size = new int[] {1, 7, 16, 32, 33, 64, 80, 128}[random.nextInt(8)];
        return new Op.Attend.HeadShape(kvHeads * random.nextInt(1, 5), kvHeads, size, 1 / Math.sqrt(size));
    }

    private Mask mask() {
        return switch (random.nextInt(4)) {
            case 0 -> new Mask.Bidirectional();
            case 1 -> new Mask.SlidingWindow(random.nextInt(1, 700));
            default -> Mask.CAUSAL;
        };
    }

    private Optional<Float> cap() {
        return random.nextInt(3) == 0 ? Optional.of(0.5f + 20 * random.nextFloat()) : Optional.empty();
    }

    private List<Float> slopes(int heads) {
        List<Float> slopes = new ArrayList<>();
        for (int h = 0; h < heads && heads % 2 == 0; h++) {
            slopes.add(random.nextFloat());
        }
        return slopes;
    }
}
