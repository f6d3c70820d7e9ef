package dev.quire.backends.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendException;
import dev.quire.api.BackendOptions;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.Weights;
import dev.quire.api.memory.BlockPairs;
import dev.quire.api.memory.Buffer;
import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.HostBlocks;
import dev.quire.api.memory.KvCache;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.Activation;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.KeySource;
import dev.quire.api.program.Mask;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Rotary;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.GroupStep;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepTokens;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.WeightFormat;
import dev.quire.conformance.oracle.OracleBackend;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpuBackendTest {
    private static final long SEED = Long.getLong("quire.seed", 4711);
    private static final int WIDTH = 48;
    private static final int VOCABULARY = 300;
    private static final StepLimits LIMITS = new StepLimits(96, 4, 8, 128);

    @TempDir
    Path cache;

    @Test
    void everyOpAgreesWithTheOracle() {
        Program program = everyOp();
        int[][] queries = {{0, 37}, {5, 1}, {20, 13}}; // context before the step, tokens of the step
        StepBatch fill = batch(new int[][] {{0, 0}, {0, 5}, {0, 20}});
        StepBatch step = batch(queries);
        float[] expected = run(new OracleBackend(), program, fill, step);
        float[] actual = run(open(2), program, fill, step);
        double largest = 0;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < expected.length; i++) {
            // Float32 against float64 through a dozen ops in a row: a wrong op is off by far more.
            assertEquals(expected[i], actual[i], 1e-4 * largest, "seed " + SEED + ", logit " + i);
        }
        assertArrayEquals(actual, run(open(1), program, fill, step), "the same bits on one thread");
    }

    @Test
    void blocksSurviveACopyAndATripToTheHost() {
        Program program = everyOp();
        StepBatch fill = batch(new int[][] {{0, 20}});
        StepBatch next = batch(new int[][] {{20, 1}});
        try (AttentionBackend backend = open(2)) {
            Rig rig = new Rig(backend, program);
            rig.run(fill);
            float[] expected = rig.run(next);
            rig.run(fill);
            HostBlocks host = new HostBlocks(
                    Arena.ofAuto()
                            .allocate(4 * rig.cache.layout().groups().getFirst().blockBytes()),
                    rig.cache.layout().groups().getFirst().blockBytes());
            backend.swapOut(rig.cache, new BlockPairs(0, new int[] {0, 1}, new int[] {3, 0}), host);
            backend.copyBlocks(rig.cache, new BlockPairs(0, new int[] {9, 9}, new int[] {0, 1}));
            backend.swapIn(rig.cache, new BlockPairs(0, new int[] {3, 0}, new int[] {12, 13}), host);
            backend.copyBlocks(rig.cache, new BlockPairs(0, new int[] {12, 13}, new int[] {0, 1}));
            assertArrayEquals(expected, rig.run(next));
        }
    }

    @Test
    void aStepBeyondItsLimitsIsRefusedWithTheNumbers() {
        try (AttentionBackend backend = open(1)) {
            Rig rig = new Rig(backend, everyOp());
            BackendException e = assertThrows(BackendException.class, () -> rig.run(batch(new int[][] {{0, 97}})));
            assertTrue(e.getMessage().contains("97 tokens exceeds the 96"), e.getMessage());
        }
    }

    @Test
    void aTokenOutsideTheTableFailsItsStepAloneAndSaysSo() {
        try (AttentionBackend backend = open(2)) {
            Rig rig = new Rig(backend, everyOp());
            StepBatch good = batch(new int[][] {{0, 3}});
            float[] expected = rig.run(good);
            int[] ids = {1, VOCABULARY, 2};
            StepBatch bad = new StepBatch(
                    StepTokens.known(ids),
                    good.positions(),
                    good.queryStarts(),
                    good.logitRows(),
                    good.adapters(),
                    good.groups(),
                    List.of());
            BackendException e = assertThrows(BackendException.class, () -> rig.run(bad));
            assertEquals(BackendException.Kind.STEP_FAILED, e.kind());
            assertTrue(e.getMessage().contains("row 300"), e.getMessage());
            assertArrayEquals(expected, rig.run(good));
        }
    }

    private AttentionBackend open(int threads) {
        CpuProvider provider = new CpuProvider();
        return provider.open(provider.devices().getFirst(), new BackendOptions(threads, cache, notice -> {}, Map.of()));
    }

    private static float[] run(AttentionBackend backend, Program program, StepBatch fill, StepBatch step) {
        try (backend) {
            Rig rig = new Rig(backend, program);
            rig.run(fill);
            return rig.run(step);
        }
    }

    /** A compiled program with its cache. */
    private static final class Rig {
        final KvCache cache;
        private final Executable executable;
        private final Buffer logits;

        Rig(AttentionBackend backend, Program program) {
            Weights weights = backend.load(program.weights(), CpuBackendTest::random);
            executable = backend.compile(program, weights, LIMITS, Numerics.FAST);
            cache = backend.allocate(
                    new KvCacheLayout(List.of(new CacheGroup.PagedKv("kv", 2, 2, 12, DType.F32, 16, 32))));
            logits = backend.buffer(DType.F32, LIMITS.maxLogitRows(), VOCABULARY);
        }

        float[] run(StepBatch batch) {
            executable
                    .submit(batch, new Bindings(Optional.of(cache), Map.of("logits", logits)))
                    .await();
            float[] values = new float[batch.logitRowCount() * VOCABULARY];
            MemorySegment.copy(logits.memory(), ValueLayout.JAVA_FLOAT_UNALIGNED, 0, values, 0, values.length);
            return values;
        }
    }

    private static MemorySegment random(WeightRef ref) {
        Random random = new Random(SEED + ref.name().hashCode());
        MemorySegment memory = Arena.ofAuto().allocate(ref.bytes(), 64);
        for (long i = 0; i < (long) ref.rows() * ref.columns(); i++) {
            memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) (random.nextGaussian() / Math.sqrt(WIDTH)));
        }
        return memory;
    }

    /** Sequence s owns blocks 8·s to 8·s + 7; rows are {context before, tokens}; the last row of each sequence gives logits. */
    private static StepBatch batch(int[][] queries) {
        int tokens = 0;
        for (int[] query : queries) {
            tokens += query[1];
        }
        int[] ids = new int[tokens];
        int[] positions = new int[tokens];
        int[] slots = new int[tokens];
        int[] starts = new int[queries.length + 1];
        int[] contexts = new int[queries.length];
        int[] tables = new int[queries.length * 8];
        List<Integer> wanted = new ArrayList<>();
        int at = 0;
        for (int s = 0; s < queries.length; s++) {
            for (int i = 0; i < queries[s][1]; i++, at++) {
                positions[at] = queries[s][0] + i;
                ids[at] = (31 * s + 7 * positions[at]) % VOCABULARY;
                slots[at] = s * 128 + positions[at];
            }
            starts[s + 1] = at;
            contexts[s] = queries[s][0] + queries[s][1];
            for (int j = 0; j < 8; j++) {
                tables[s * 8 + j] = s * 8 + j;
            }
            if (queries[s][1] > 0) {
                wanted.add(at - 1);
            }
        }
        return new StepBatch(
                StepTokens.known(ids),
                positions,
                starts,
                wanted.stream().mapToInt(Integer::intValue).toArray(),
                new int[0],
                List.of(new GroupStep(contexts, tables, 8, slots)),
                List.of());
    }

    /** Two layers that between them use every op but Sample and Composite. */
    private static Program everyOp() {
        List<Op> ops = new ArrayList<>();
        Value embedded = Value.tokens("embedded", WIDTH);
        ops.add(new Op.Embed(Value.TOKENS, matrix("table", VOCABULARY, WIDTH), 0, embedded));
        Value places = Value.tokens("places", WIDTH);
        ops.add(new Op.Embed(Value.POSITIONS, matrix("positions", 130, WIDTH), 2, places));
        Value scaled = Value.tokens("scaled", WIDTH);
        ops.add(new Op.Scale(embedded, 3, scaled));
        Value x = Value.tokens("x", WIDTH);
        ops.add(new Op.Add(scaled, places, x));
        Value h = Value.tokens("h", WIDTH);
        ops.add(new Op.RmsNorm(x, Optional.of(WeightRef.vector("norm", WIDTH)), 1, 1e-5f, WIDTH, h));
        Value qkv = Value.tokens("qkv", WIDTH + 48);
        ops.add(new Op.Linear(
                h,
                matrix("qkv", WIDTH + 48, WIDTH),
                Optional.of(WeightRef.vector("qkv_bias", WIDTH + 48)),
                Op.Linear.Split.WHOLE,
                qkv));
        Value q = Value.tokens("q", WIDTH);
        Value k = Value.tokens("k", 24);
        Value v = Value.tokens("v", 24);
        ops.add(new Op.Slice(qkv, 0, q));
        ops.add(new Op.Slice(qkv, WIDTH, k));
        ops.add(new Op.Slice(qkv, WIDTH + 24, v));
        Value qNormed = Value.tokens("q_normed", WIDTH);
        ops.add(new Op.LayerNorm(
                q,
                Optional.of(WeightRef.vector("q_norm", 12)),
                Optional.of(WeightRef.vector("q_norm_bias", 12)),
                1e-5f,
                12,
                qNormed));
        Value qRotated = Value.tokens("q_rotated", WIDTH);
        Value kRotated = Value.tokens("k_rotated", 24);
        ops.add(new Op.Rope(qNormed, Value.POSITIONS, Rotary.of(8, 1e4, Rotary.Pairing.HALF), 12, qRotated));
        ops.add(new Op.Rope(k, Value.POSITIONS, Rotary.of(8, 1e4, Rotary.Pairing.INTERLEAVED), 12, kRotated));
        ops.add(new Op.WriteKv(kRotated, v, new CacheRef(0, 0)));
        ops.add(new Op.WriteKv(v, kRotated, new CacheRef(0, 1)));
        Op.Attend.HeadShape shape = new Op.Attend.HeadShape(4, 2, 12, 0.3f);
        Value full = Value.tokens("full", WIDTH);
        ops.add(new Op.Attend(
                qRotated,
                new KeySource.Cached(new CacheRef(0, 0)),
                shape,
                Mask.CAUSAL,
                Optional.of(2f),
                List.of(),
                full));
        Value windowed = Value.tokens("windowed", WIDTH);
        ops.add(new Op.Attend(
                qRotated,
                new KeySource.Cached(new CacheRef(0, 1)),
                shape,
                new Mask.SlidingWindow(5),
                Optional.empty(),
                List.of(0.5f, 0.25f, 0.125f, 0.0625f),
                windowed));
        Value within = Value.tokens("within", WIDTH);
        ops.add(new Op.Attend(
                qRotated,
                new KeySource.Step(kRotated, v),
                shape,
                new Mask.Bidirectional(),
                Optional.empty(),
                List.of(),
                within));
        Value sum = Value.tokens("sum", WIDTH);
        ops.add(new Op.Add(full, windowed, sum));
        Value all = Value.tokens("all", WIDTH);
        ops.add(new Op.Add(sum, within, all));
        Value last = all;
        for (Activation activation : Activation.values()) {
            String n = activation.name();
            Value gate = Value.tokens("gate" + n, 32);
            Value up = Value.tokens("up" + n, 32);
            Value gated = Value.tokens("gated" + n, 32);
            Value activated = Value.tokens("activated" + n, 32);
            Value down = Value.tokens("down" + n, WIDTH);
            ops.add(new Op.Linear(all, matrix("gate" + n, 32, WIDTH), Optional.empty(), Op.Linear.Split.WHOLE, gate));
            ops.add(new Op.Linear(all, matrix("up" + n, 32, WIDTH), Optional.empty(), Op.Linear.Split.WHOLE, up));
            ops.add(new Op.Gated(gate, up, activation, gated));
            ops.add(new Op.Activate(gated, activation, activated));
            ops.add(new Op.Linear(
                    activated, matrix("down" + n, WIDTH, 32), Optional.empty(), Op.Linear.Split.EIGHT_SLICES, down));
            Value next = Value.tokens("after" + n, WIDTH);
            ops.add(new Op.Add(last, down, next));
            last = next;
        }
        Value wanted = Value.logits("wanted", WIDTH);
        ops.add(new Op.GatherRows(last, wanted));
        Value raw = Value.logits("raw", VOCABULARY);
        ops.add(new Op.Linear(
                wanted, matrix("table", VOCABULARY, WIDTH), Optional.empty(), Op.Linear.Split.WHOLE, raw));
        Value logits = Value.logits("logits", VOCABULARY);
        ops.add(new Op.SoftCap(raw, 4, logits));
        return Program.of(List.of(Value.TOKENS, Value.POSITIONS), ops, List.of(logits));
    }

    private static WeightRef matrix(String name, int rows, int columns) {
        return new WeightRef(name, rows, columns, WeightFormat.F32);
    }
}
