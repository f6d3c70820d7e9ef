package dev.quire.kernels.host;

import dev.quire.api.memory.BlockPairs;
import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.CacheGroup.PagedKv;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.KeySource;
import dev.quire.api.program.Mask;
import dev.quire.api.program.Op;
import dev.quire.api.program.Op.Attend.HeadShape;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.step.StepBatch;
import dev.quire.api.types.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Attention, and what moves its blocks, has the bits of the scalar definition (RULES, N11 and N14), with NaN in every slot that is not visible (M5). */
class AttentionKernelsTest {
    private static final long SEED = Long.getLong("quire.seed", 4711);
    private static final CacheRef TARGET = new CacheRef(0, 1);
    private static final int[] CONTEXTS = {0, 15, 16, 511, 512, 1023, 40, 7};
    private static final int[] QUERIES = {17, 1, 1, 1, 3, 9, 0, 5};

    private final Random random = new Random(SEED);

    @BeforeAll
    static void aCompilerIsThere() {
        Twins.assumeCompiler();
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 32, 16",
        "6, 2, 64, 16",
        "3, 1, 80, 5",
        "8, 1, 96, 32",
        "12, 1, 36, 1",
        "4, 4, 128, 16",
        "2, 1, 256, 16",
        "5, 5, 7, 8"
    })
    void headsOfAnyShapeAttendUnderEveryMask(int heads, int kvHeads, int headSize, int blockSize) {
        HeadShape shape = new HeadShape(heads, kvHeads, headSize, 1 / Math.sqrt(headSize));
        Scene scene = Scene.of(random, blockSize, CONTEXTS, QUERIES);
        List<Float> slopes = new ArrayList<>();
        for (int h = 0; h < heads; h++) {
            slopes.add((float) Math.pow(2, -h - 1.0));
        }
        try (Twins twins = filled(scene, shape)) {
            attend(twins, scene, shape, Mask.CAUSAL, Optional.empty(), List.of());
            attend(twins, scene, shape, new Mask.Bidirectional(), Optional.empty(), List.of());
            for (int window : new int[] {1, 5, 17, 512, 600}) {
                attend(twins, scene, shape, new Mask.SlidingWindow(window), Optional.empty(), List.of());
            }
            attend(twins, scene, shape, Mask.CAUSAL, Optional.of(0.5f), List.of());
            attend(twins, scene, shape, Mask.CAUSAL, Optional.of(20f), slopes);
        }
    }

    @ParameterizedTest
    @CsvSource({"6, 2, 64", "3, 1, 36"})
    void rowsOfAStepAttendToEachOther(int heads, int kvHeads, int headSize) {
        HeadShape shape = new HeadShape(heads, kvHeads, headSize, 0.1);
        Scene scene = Scene.of(random, 16, new int[] {0, 3, 500, 1020, 0}, new int[] {1, 20, 530, 5, 33});
        Value q = Value.tokens("q", heads * headSize);
        Value k = Value.tokens("k", kvHeads * headSize);
        Value v = Value.tokens("v", kvHeads * headSize);
        Value out = Value.tokens("out", heads * headSize);
        for (Mask mask : List.of(Mask.CAUSAL, new Mask.Bidirectional(), new Mask.SlidingWindow(3))) {
            Op op = new Op.Attend(q, new KeySource.Step(k, v), shape, mask, Optional.empty(), List.of(), out);
            try (Twins twins = new Twins(Optional.empty())) {
                run(twins, Program.of(List.of(q, k, v), List.of(op), List.of(out)), scene.batch());
            }
        }
    }

    @Test
    void blocksThatAreCopiedAndMovedOverTheHostAnswerAsBefore() { // M7, M8
        HeadShape shape = new HeadShape(4, 2, 48, 0.2);
        Scene scene = Scene.of(random, 4, new int[] {30, 11}, new int[] {1, 2});
        try (Twins twins = filled(scene, shape)) {
            twins.copyBlocks(new BlockPairs(0, new int[] {2, 5, 1, 0}, new int[] {5, 6, 2, 1}));
            attend(twins, scene, shape, new Mask.Bidirectional(), Optional.empty(), List.of());
            long blockBytes = layout(scene, shape).groups().getFirst().blockBytes();
            twins.moveOverHost(0, new int[] {3, 0, 7}, new int[] {1, 3, 0}, blockBytes);
            attend(twins, scene, shape, new Mask.Bidirectional(), Optional.empty(), List.of());
        }
    }

    private static KvCacheLayout layout(Scene scene, HeadShape shape) {
        CacheGroup group =
                new PagedKv("kv", 2, shape.kvHeads(), shape.headSize(), DType.BF16, scene.blockSize(), scene.blocks());
        return new KvCacheLayout(List.of(group));
    }

    /** Backends whose cache holds the contexts, and NaN elsewhere. */
    private Twins filled(Scene scene, HeadShape shape) {
        Twins twins = new Twins(Optional.of(layout(scene, shape)));
        Value k = Value.tokens("k", shape.kvHeads() * shape.headSize());
        Value v = Value.tokens("v", k.width());
        Program write = Program.of(List.of(k, v), List.of(new Op.WriteKv(k, v, TARGET)), List.of());
        float[] poison = new float[scene.blocks() * scene.blockSize() * k.width()];
        Arrays.fill(poison, Float.NaN);
        twins.run(write, Numbers.weights(SEED), scene.everySlot(), Map.of("k", poison, "v", poison));
        run(twins, write, scene.filling());
        return twins;
    }

    private void attend(
            Twins twins, Scene scene, HeadShape shape, Mask mask, Optional<Float> softCap, List<Float> slopes) {
        Value q = Value.tokens("q", shape.heads() * shape.headSize());
        Value k = Value.tokens("k", shape.kvHeads() * shape.headSize());
        Value v = Value.tokens("v", k.width());
        Value out = Value.tokens("out", q.width());
        Op attend = new Op.Attend(q, new KeySource.Cached(TARGET), shape, mask, softCap, slopes, out);
        List<Op> ops = List.of(new Op.WriteKv(k, v, TARGET), attend);
        run(twins, Program.of(List.of(q, k, v), ops, List.of(out)), scene.batch());
    }

    private void run(Twins twins, Program program, StepBatch batch) {
        Map<String, float[]> inputs = new HashMap<>();
        for (Value value : program.inputs()) {
            inputs.put(value.name(), Numbers.hostile(random, batch.tokenCount() * value.width()));
        }
        twins.run(program, Numbers.weights(SEED), batch, inputs);
    }
}
