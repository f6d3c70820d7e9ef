package dev.quire.core.llm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendOptions;
import dev.quire.api.BackendProvider;
import dev.quire.api.DeviceChoice;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.guards.OpSubset;
import dev.quire.conformance.guards.RefusingBackend;
import dev.quire.conformance.models.KitModel;
import dev.quire.conformance.models.LogitsHash;
import dev.quire.conformance.models.ModelRun;
import dev.quire.conformance.models.TinyModel;
import dev.quire.core.request.SamplingParams;
import dev.quire.core.source.EnvironmentOptions;
import dev.quire.core.testing.DeviceBackends;
import dev.quire.core.testing.OracleProvider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A device that carries a part of a model, and the CPU the rest: the bits are the CPU's alone, however the device's memory is reached. */
class HybridDeviceTest {
    private static final String PARTIAL = "partial";
    private static final int[] TEXT = {1, 40, 41, 300, 7, 299, 12, 13, 99, 5, 77, 78, 21, 22, 23, 24, 25, 4};
    private static final int ROWS = 3;
    private static final KitModel MODEL = TinyModel.load();

    @TempDir
    static Path folder;

    private static AttentionBackend cpu;
    private static List<AttentionBackend> devices = List.of();

    @BeforeAll
    static void open() {
        DeviceBackends.assume(DeviceBackends.OPENCL);
        DeviceBackends.assume(DeviceBackends.LEVEL_ZERO);
        cpu = open(Backends.CPU, Map.of());
        devices = List.of(
                open(DeviceBackends.OPENCL, Map.of()),
                open(DeviceBackends.OPENCL, Map.of("memory", "buffers")),
                open(DeviceBackends.LEVEL_ZERO, Map.of()));
    }

    @AfterAll
    static void close() {
        devices.forEach(AttentionBackend::close);
        if (cpu != null) {
            cpu.close();
        }
    }

    private static AttentionBackend open(String backend, Map<String, String> settings) {
        BackendOptions options = new BackendOptions(0, folder, notice -> {}, settings);
        return Backends.open(Backends.onClassPath().choose(backend), DeviceChoice.BEST, options);
    }

    static Stream<OpSubset> subsets() {
        return OpSubset.of(MODEL.forward()).stream();
    }

    @ParameterizedTest
    @MethodSource("subsets")
    void theLogitsAreTheCpusBitForBit(OpSubset subset) {
        String alone = hash(cpu, cpu);
        for (AttentionBackend device : devices) {
            AttentionBackend narrow = new RefusingBackend(PARTIAL, device, subset.refuses());
            assertEquals(alone, hash(narrow, cpu), device.info().description());
        }
    }

    private static String hash(AttentionBackend backend, AttentionBackend rest) {
        try (ModelRun run = new ModelRun(backend, rest, MODEL, Numerics.REPRODUCIBLE, TEXT.length, ROWS)) {
            return LogitsHash.of(run.logits(TEXT, ROWS), ROWS);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"attention alone", "linear layers alone", "every other op, from the first"})
    void servedAnswersAreTheCpusToo(String name) {
        OpSubset subset =
                subsets().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
        List<BackendProvider> providers = new ArrayList<>(Backends.onClassPath().providers());
        providers.add(new OracleProvider(
                PARTIAL, () -> new RefusingBackend(PARTIAL, open(DeviceBackends.OPENCL, Map.of()), subset.refuses())));
        String prompt = "<|begin|><|user|>What is a quire?<|end|><|assistant|>";
        SamplingParams seeded =
                SamplingParams.builder().temperature(1).seed(11).maxTokens(24).build();
        try (Llm partial = Llm.load(options(PARTIAL), Backends.of(providers));
                Llm whole = Llm.load(options(Backends.CPU), Backends.onClassPath())) {
            assertEquals(whole.generate(prompt, seeded), partial.generate(prompt, seeded));
        }
    }

    private static LlmOptions options(String backend) {
        LlmOptions options = LlmOptions.of(TinyModel.NAME);
        return options.with(options.model().withSource(EnvironmentOptions.read(Map.of("HF_HUB_OFFLINE", "1"), folder)))
                .with(options.device().withBackend(backend))
                .with(options.engine().toBuilder()
                        .blocks(512)
                        .numerics(Numerics.REPRODUCIBLE)
                        .build());
    }
}
