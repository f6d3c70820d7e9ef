package dev.quire.kernels.host;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendOptions;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.Weights;
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
import dev.quire.api.step.Bindings;
import dev.quire.api.step.StepBatch;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.bits.BitsBackend;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Warp groups attend to contexts that go round all of their stages more than once, which the kit's prompts do not, in boxes of every width, and windows that
 * begin within one. All slots of the cache hold NaN before.
 */
class WarpGroupStagesTest {
    private static final long SEED = Long.getLong("quire.seed", 4711);
    private static final CacheRef TARGET = new CacheRef(0, 0);
    /** Of outputs near 1: weights are rounded to bf16. */
    private static final double BOUND = 0.02;

    @BeforeAll
    static void aCompilerIsThere() {
        Twins.assumeCompiler();
    }

    @ParameterizedTest
    @CsvSource({
        "4, 2, 64, 16, 5000",
        "2, 1, 128, 8, 5000",
        "3, 1, 64, 32, 603",
        "2, 1, 128, 64, 45",
        "2, 1, 64, 24, 131"
    })
    void chunksBehindLongContextsAgreeWithTheDefinition(
            int heads, int kvHeads, int headSize, int blockSize, int window) {
        Random random = new Random(SEED);
        Scene scene = Scene.of(random, blockSize, new int[] {1190, 0}, new int[] {40, 150});
        HeadShape shape = new HeadShape(heads, kvHeads, headSize, 1 / Math.sqrt(headSize));
        Value q = Value.tokens("q", heads * headSize);
        Value k = Value.tokens("k", kvHeads * headSize);
        Value v = Value.tokens("v", k.width());
        Value out = Value.tokens("out", q.width());
        Op write = new Op.WriteKv(k, v, TARGET);
        Op attend = new Op.Attend(
                q,
                new KeySource.Cached(TARGET),
                shape,
                new Mask.SlidingWindow(window),
                Optional.empty(),
                List.of(),
                out);
        Steps steps = new Steps(
                scene,
                new KvCacheLayout(
                        List.of(new PagedKv("kv", 1, kvHeads, headSize, DType.BF16, blockSize, scene.blocks()))),
                Program.of(List.of(k, v), List.of(write), List.of()),
                Program.of(List.of(q, k, v), List.of(write, attend), List.of(out)));
        HostProvider provider = new HostProvider();
        float[] actual = steps.run(
                provider.open(
                        provider.devices().get(HostProvider.WARP_GROUP), BackendOptions.defaults(Path.of("unused"))),
                Numerics.FAST);
        float[] expected = steps.run(new BitsBackend(), Numerics.REPRODUCIBLE);
        for (int i = 0; i < expected.length; i++) {
            String where = "seed %d, row %d, element %d: %s, not %s"
                    .formatted(SEED, i / q.width(), i % q.width(), actual[i], expected[i]);
            assertTrue(Math.abs(actual[i] - expected[i]) <= BOUND, where);
        }
    }

    /** A step that fills contexts, and one that attends. */
    private record Steps(Scene scene, KvCacheLayout layout, Program filling, Program attending) {
        float[] run(AttentionBackend backend, Numerics numerics) {
            try (backend;
                    KvCache cache = backend.allocate(layout)) {
                Random random = new Random(SEED);
                run(backend, cache, filling, scene.everySlot(), numerics, () -> Double.NaN);
                run(backend, cache, filling, scene.filling(), numerics, random::nextGaussian);
                Buffer out = run(backend, cache, attending, scene.batch(), numerics, random::nextGaussian)
                        .get("out");
                return out.memory().toArray(ValueLayout.JAVA_FLOAT);
            }
        }

        private static Map<String, Buffer> run(
                AttentionBackend backend,
                KvCache cache,
                Program program,
                StepBatch batch,
                Numerics numerics,
                DoubleSupplier numbers) {
            Map<String, Buffer> buffers = new HashMap<>();
            for (Value value : program.inputs()) {
                Buffer buffer = backend.buffer(DType.F32, batch.tokenCount(), value.width());
                float[] data = new float[batch.tokenCount() * value.width()];
                for (int i = 0; i < data.length; i++) {
                    data[i] = (float) numbers.getAsDouble();
                }
                MemorySegment.copy(data, 0, buffer.memory(), ValueLayout.JAVA_FLOAT, 0, data.length);
                buffers.put(value.name(), buffer);
            }
            for (Value value : program.outputs()) {
                buffers.put(value.name(), backend.buffer(value.dtype(), batch.tokenCount(), value.width()));
            }
            StepLimits limits = new StepLimits(batch.tokenCount(), batch.sequences(), 1, 2048);
            try (Weights weights = backend.load(List.of(), Numbers.weights(SEED));
                    Executable executable = backend.compile(program, weights, limits, numerics)) {
                executable
                        .submit(batch, new Bindings(Optional.of(cache), buffers))
                        .await();
            }
            return buffers;
        }
    }
}
