package dev.quire.bench;

import dev.quire.api.memory.CacheGroup.PagedKv;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.KeySource;
import dev.quire.api.program.Mask;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.scenario.PagedScene;
import dev.quire.conformance.scenario.PagedScene.Query;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** Keys and values stored and attended to, in the heads of SmolLM2-135M's: 9 query heads of 64 over 3 of keys. */
public class AttentionBenchmark extends HotPath {
    private static final int HEADS = 9;
    private static final int KV_HEADS = 3;
    private static final int SIZE = 64;
    private static final int BLOCK = 16;

    /** What a step holds. */
    public enum Step {
        DECODE_1(1023, 1, 1),
        DECODE_16(1023, 1, 16),
        PREFILL_512(0, 512, 1);

        private final List<Query> queries;

        Step(int context, int tokens, int sequences) {
            queries = Collections.nCopies(sequences, new Query(context, tokens));
        }
    }

    /** The step. */
    @Param
    public Step step;

    /** The order of its sums. */
    @Param
    public Numerics numerics;

    private CpuProgram program;

    @Setup
    public void open() {
        PagedScene scene = new PagedScene(step.queries, BLOCK, new Random(1));
        Value q = Value.tokens("q", HEADS * SIZE);
        Value k = Value.tokens("k", KV_HEADS * SIZE);
        Value v = Value.tokens("v", KV_HEADS * SIZE);
        Value out = Value.tokens("out", HEADS * SIZE);
        CacheRef layer = new CacheRef(0, 0);
        Op attend = new Op.Attend(
                q,
                new KeySource.Cached(layer),
                new Op.Attend.HeadShape(HEADS, KV_HEADS, SIZE, 1 / Math.sqrt(SIZE)),
                Mask.CAUSAL,
                Optional.empty(),
                List.of(),
                out);
        KvCacheLayout layout =
                new KvCacheLayout(List.of(new PagedKv("kv", 1, KV_HEADS, SIZE, DType.BF16, BLOCK, scene.blocks())));
        program = new CpuProgram(
                Program.of(List.of(q, k, v), List.of(new Op.WriteKv(k, v, layer), attend), List.of(out)),
                scene.batch(step.queries),
                0,
                Optional.of(layout),
                numerics);
    }

    @Benchmark
    public void attend() {
        program.run();
    }

    @TearDown
    public void close() {
        program.close();
    }
}
