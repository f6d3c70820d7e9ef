package dev.quire.kernels.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.AttentionBackend;
import dev.quire.api.memory.CacheGroup.PagedKv;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.Activation;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.KeySource;
import dev.quire.api.program.Mask;
import dev.quire.api.program.Op;
import dev.quire.api.program.Op.Linear.Split;
import dev.quire.api.program.Program;
import dev.quire.api.program.Rotary;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import dev.quire.api.step.StepBatch;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.WeightFormat;
import dev.quire.conformance.definition.KitBackends;
import dev.quire.conformance.scenario.Action;
import dev.quire.conformance.scenario.PagedScene;
import dev.quire.conformance.scenario.PagedScene.Query;
import dev.quire.conformance.scenario.Samples;
import dev.quire.conformance.scenario.Scenario;
import dev.quire.conformance.scenario.ScenarioRun;
import dev.quire.conformance.scenario.ScenarioRun.Ran;
import dev.quire.kernels.device.DeviceBackend;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is launched together, which no case of a single op has. */
class WarpFusionTest {
    private static final long SEED = 20261121;
    /** Inputs, which the warps of a work-group do not share evenly, and the largest blocks fill. */
    private static final int K = 768;

    private static final int[] FEW = {1, 2, 7, 8};
    private static final int MANY = 9;
    private static final int HIDDEN = 70;
    private static final Value X = Value.tokens("x", K);
    /** Relative to 1 and the largest output; x is exact in bf16, so that sums and activations alone round. */
    private static final double BOUND = 1e-4;

    @BeforeAll
    static void aCompilerIsThere() {
        Twins.assumeCompiler();
    }

    @ParameterizedTest
    @EnumSource(names = {"BF16", "Q8_0", "Q4_0", "Q4_1", "Q4_K", "Q6_K", "INT8", "INT4_G32", "INT4_G128"})
    void layersThatAreLaunchedTogetherGiveWhatTheirOpsDefine(WeightFormat format) {
        System.out.println("quire.seed=" + SEED);
        NotingDevice device = NotingDevice.warp();
        List<Ran> expected;
        List<Ran> actual;
        try (AttentionBackend definition = KitBackends.definition(Numerics.FAST);
                AttentionBackend backend = new DeviceBackend(HostProvider.NAME, device, sentence -> {})) {
            expected = run(definition, format);
            actual = run(backend, format);
        }
        for (int i = 0; i < expected.size(); i++) {
            String label = expected.get(i).step().label();
            for (Map.Entry<Value, int[]> output : expected.get(i).outputs().entrySet()) {
                assertNear(
                        floats(output.getValue()),
                        floats(actual.get(i).outputs().get(output.getKey())),
                        BOUND,
                        output.getKey().name() + " " + label);
            }
        }
        List<String> launched = device.functions().stream()
                .filter(function -> function.endsWith("_few"))
                .toList();
        List<String> together = List.of("linear_few", "gated_few", "linear_few"); // three layers, a pair, one activated
        assertEquals(
                Collections.nCopies(FEW.length, together).stream()
                        .flatMap(List::stream)
                        .toList(),
                launched);
    }

    /** Relative to 1 and the largest output: of a cache's type, to which keys, values and, on tensor cores, queries and weights are rounded. */
    private static double bound(DType type) {
        return switch (type) {
            case BF16 -> 0x1p-5;
            case F8_E4M3 -> 0x1p-3;
            case F16 -> 0x1p-8;
            case F32, I32 -> BOUND;
        };
    }

    @ParameterizedTest
    @CsvSource({
        "BF16, 64",
        "F16, 64",
        "F32, 64",
        "F8_E4M3, 64",
        "BF16, 256",
        "F16, 192",
        "F16, 256",
        "F8_E4M3, 192",
        "F8_E4M3, 256"
    })
    void keysThatAreRotatedAndWrittenTogetherAreThoseThatAreAttendedTo(DType type, int headSize) {
        System.out.println("quire.seed=" + SEED);
        NotingDevice device = NotingDevice.warp();
        try (AttentionBackend definition = KitBackends.definition(Numerics.FAST);
                AttentionBackend backend = new DeviceBackend(HostProvider.NAME, device, sentence -> {})) {
            Ran expected = attend(definition, type, headSize);
            Ran actual = attend(backend, type, headSize);
            Value out = expected.outputs().keySet().iterator().next();
            float[] right = floats(expected.outputs().get(out));
            assertNear(right, floats(actual.outputs().get(out)), bound(type), type + " cache");
        }
        assertEquals(1, Collections.frequency(device.functions(), "rope_write"), device.functions()::toString);
        if (type != DType.F32) {
            assertTrue(
                    device.functions().containsAll(List.of("attend_decode", "attend_prefill")),
                    device.functions()::toString);
        }
    }

    /** A sequence of few query vectors, and one of many. */
    private static Ran attend(AttentionBackend backend, DType type, int size) {
        Value q = Value.tokens("q", 4 * size);
        Value k = Value.tokens("k", 2 * size);
        Value v = Value.tokens("v", 2 * size);
        Value rotatedQ = Value.tokens("rotated q", q.width());
        Value rotatedK = Value.tokens("rotated k", k.width());
        Value out = Value.tokens("out", q.width());
        Rotary rotary = Rotary.of(size / 2, 10_000, Rotary.Pairing.HALF);
        CacheRef cache = new CacheRef(0, 0);
        Program program = Program.of(
                List.of(Value.POSITIONS, q, k, v),
                List.of(
                        new Op.Rope(q, Value.POSITIONS, rotary, size, rotatedQ),
                        new Op.Rope(k, Value.POSITIONS, rotary, size, rotatedK),
                        new Op.WriteKv(rotatedK, v, cache),
                        new Op.Attend(
                                rotatedQ,
                                new KeySource.Cached(cache),
                                new Op.Attend.HeadShape(4, 2, size, 1 / Math.sqrt(size)),
                                Mask.CAUSAL,
                                Optional.empty(),
                                List.of(),
                                out)),
                List.of(out));
        Samples samples = new Samples(SEED);
        PagedScene scene = new PagedScene(List.of(new Query(0, 5), new Query(0, 40)), 16, samples.random("scene"));
        StepBatch batch = scene.batch(scene.queries());
        Map<String, float[]> inputs = new HashMap<>();
        for (Value value : List.of(q, k, v)) {
            inputs.put(value.name(), samples.floats(value.name(), batch.tokenCount() * value.width(), 2));
        }
        KvCacheLayout layout =
                new KvCacheLayout(List.of(new PagedKv("kv", 1, 2, size, type, scene.blockSize(), scene.blocks())));
        Scenario scenario = Scenario.of(layout, List.of(Action.Step.judged("step", program, batch, inputs)));
        try (ScenarioRun run = new ScenarioRun(backend, scenario, samples, Numerics.FAST, ScenarioRun.Watch.NONE)) {
            return run.run().getFirst();
        }
    }

    private static List<Ran> run(AttentionBackend backend, WeightFormat format) {
        Samples samples = new Samples(SEED);
        Program program = program(format);
        List<Action> steps = new ArrayList<>();
        for (int rows : IntStream.concat(IntStream.of(FEW), IntStream.of(MANY)).toArray()) {
            float[] x = new float[rows * K];
            Random random = samples.random("x" + rows);
            for (int i = 0; i < x.length; i++) {
                x[i] = random.nextInt(-8, 9) / 8f;
            }
            steps.add(Action.Step.judged("rows=" + rows, program, PagedScene.rows(rows), Map.of("x", x)));
        }
        try (ScenarioRun run =
                new ScenarioRun(backend, Scenario.of(steps), samples, Numerics.FAST, ScenarioRun.Watch.NONE)) {
            List<Ran> ran = run.run();
            assertEquals(Optional.empty(), run.violation());
            return ran;
        }
    }

    private static Program program(WeightFormat format) {
        Value a = Value.tokens("a", 50);
        Value b = Value.tokens("b", 16);
        Value c = Value.tokens("c", 33);
        Value gate = Value.tokens("gate", HIDDEN);
        Value up = Value.tokens("up", HIDDEN);
        Value gated = Value.tokens("gated", HIDDEN);
        Value wide = Value.tokens("wide", 40);
        Value activated = Value.tokens("activated", 40);
        return Program.of(
                List.of(X),
                List.of(
                        linear(a, format, true),
                        linear(b, format, false),
                        linear(c, format, true),
                        linear(gate, format, false),
                        linear(up, format, false),
                        new Op.Gated(gate, up, Activation.SILU, gated),
                        linear(wide, format, true),
                        new Op.Activate(wide, Activation.GELU, activated)),
                List.of(a, b, c, gated, activated));
    }

    private static Op linear(Value out, WeightFormat format, boolean biased) {
        WeightRef weight = new WeightRef(out.name() + " weight", out.width(), K, format);
        Optional<WeightRef> bias =
                biased ? Optional.of(WeightRef.vector(out.name() + " bias", out.width())) : Optional.empty();
        return new Op.Linear(X, weight, bias, Split.WHOLE, out);
    }

    private static float[] floats(int[] bits) {
        float[] floats = new float[bits.length];
        for (int i = 0; i < bits.length; i++) {
            floats[i] = Float.intBitsToFloat(bits[i]);
        }
        return floats;
    }

    private static void assertNear(float[] expected, float[] actual, double bound, String what) {
        double largest = 0;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < expected.length; i++) {
            double error = Math.abs(actual[i] - expected[i]);
            assertTrue(
                    error <= bound * (1 + largest), "%s[%d]: %s is not %s".formatted(what, i, actual[i], expected[i]));
        }
        assertEquals(expected.length, actual.length, what);
        assertTrue(largest > 0, () -> what + ": " + Arrays.toString(expected));
    }
}
