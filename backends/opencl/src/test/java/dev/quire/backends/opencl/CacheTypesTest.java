package dev.quire.backends.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quire.api.AttentionBackend;
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
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.GroupStep;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepTokens;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What caches of F16 and F32 keep, with the kernels of processors and of GPUs. */
class CacheTypesTest extends DeviceTest {
    private static final long SEED = Long.getLong("quire.seed", 4711);
    private static final int BLOCK = 16;
    private static final int TOKENS = 512;
    private static final int WIDTH = 128;
    private static final CacheRef CACHE = new CacheRef(0, 0);
    private static final Value Q = Value.tokens("q", WIDTH);
    private static final Value K = Value.tokens("k", WIDTH);
    private static final Value V = Value.tokens("v", WIDTH);
    private static final Value OUT = Value.tokens("out", WIDTH);
    private static final Program PROGRAM = Program.of(
            List.of(Q, K, V, Value.POSITIONS),
            List.of(
                    new Op.WriteKv(K, V, CACHE),
                    new Op.Attend(
                            Q,
                            new KeySource.Cached(CACHE),
                            new Op.Attend.HeadShape(1, 1, WIDTH, 1),
                            Mask.CAUSAL,
                            Optional.empty(),
                            List.of(),
                            OUT)),
            List.of(OUT));
    private static final StepLimits LIMITS = new StepLimits(TOKENS, TOKENS, 1, BLOCK);

    @Test
    void valuesComeBackRoundedToTheTypeOfTheCache() { // A7
        float[] halves = new float[TOKENS * WIDTH];
        for (int i = 0; i < halves.length; i++) {
            halves[i] = Float.float16ToFloat((short) i);
        }
        float[] any = new float[TOKENS * WIDTH];
        Random random = new Random(SEED);
        for (int i = 0; i < any.length; i++) {
            any[i] = (float) (random.nextGaussian() * Math.pow(2, random.nextInt(-28, 17)));
        }
        for (Map<String, String> settings : List.of(Map.<String, String>of(), Devices.TILES)) {
            OpenClProvider provider = new OpenClProvider();
            try (AttentionBackend backend =
                    provider.open(provider.devices().getFirst(), Devices.options(folder, settings))) {
                for (DType type : List.of(DType.F16, DType.F32)) {
                    check(type, halves, backend);
                    check(type, any, backend);
                }
            }
        }
    }

    private static KvCacheLayout layout(DType type) {
        return new KvCacheLayout(List.of(new PagedKv("kv", 1, 1, WIDTH, type, BLOCK, TOKENS)));
    }

    /** Each row is a sequence of one token, which sees itself alone, so its answer is its value. */
    private static void check(DType type, float[] values, AttentionBackend backend) {
        try (Weights weights = backend.load(List.of(), ref -> MemorySegment.NULL);
                Executable executable = backend.compile(PROGRAM, weights, LIMITS, Numerics.FAST);
                KvCache cache = backend.allocate(layout(type))) {
            Buffer zeros = backend.buffer(DType.F32, TOKENS, WIDTH);
            Buffer v = backend.buffer(DType.F32, TOKENS, WIDTH);
            Buffer out = backend.buffer(DType.F32, TOKENS, WIDTH);
            zeros.memory().fill((byte) 0);
            MemorySegment.copy(values, 0, v.memory(), ValueLayout.JAVA_FLOAT_UNALIGNED, 0, values.length);
            Bindings io = new Bindings(Optional.of(cache), Map.of("q", zeros, "k", zeros, "v", v, "out", out));
            executable.submit(batch(), io).await();
            for (int i = 0; i < values.length; i++) {
                float kept = type == DType.F32 ? values[i] : Float.float16ToFloat(Float.floatToFloat16(values[i]));
                float expected = 0f + kept; // a sum that begins with +0
                assertEquals(
                        Float.floatToIntBits(expected),
                        Float.floatToIntBits(out.memory().getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i)),
                        "%s of %s, %s, seed %d"
                                .formatted(values[i], type, backend.info().description(), SEED));
            }
        }
    }

    private static StepBatch batch() {
        int[] ones = new int[TOKENS];
        Arrays.fill(ones, 1);
        int[] blocks = IntStream.range(0, TOKENS).toArray();
        int[] slots = IntStream.range(0, TOKENS).map(i -> i * BLOCK).toArray();
        return new StepBatch(
                StepTokens.known(new int[TOKENS]),
                new int[TOKENS],
                IntStream.rangeClosed(0, TOKENS).toArray(),
                new int[0],
                new int[0],
                List.of(new GroupStep(ones, blocks, 1, slots)),
                List.of());
    }
}
