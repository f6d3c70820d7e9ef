package dev.quire.core.llm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.types.Numerics;
import dev.quire.conformance.bits.BitsBackend;
import dev.quire.core.engine.EngineOptions;
import dev.quire.core.engine.EngineStats;
import dev.quire.core.request.GenerationRequest;
import dev.quire.core.request.SamplingParams;
import dev.quire.core.testing.DeviceBackends;
import dev.quire.core.testing.OracleProvider;
import dev.quire.core.testing.ScoredToken;
import dev.quire.core.testing.TextCollected;
import dev.quire.core.testing.TinyLlama;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reproducible answers, sampled ones too, depend on the weights and the request alone: not on the backend, the threads or the schedule. */
class ReproducibleLlmTest { // N2, A6
    private static final long SEED = Long.getLong("quire.seed", 20250711);
    private static final String BITS = "bits";
    private static final int VOCABULARY = 320;
    private static final int REQUESTS = 64;
    private static final int MAX_MODEL_LEN = 160;
    private static final int ROOMY = 1024;

    /** Less than twice what one sequence of full length needs. */
    private static final int TIGHT = 16;

    private record Setting(
            String backend, int threads, int maxNumSeqs, int maxNumBatchedTokens, int blocks, boolean prefixCaching) {
        LlmOptions options() {
            EngineOptions engine = TinyLlama.engine(OptionalInt.of(MAX_MODEL_LEN), Numerics.REPRODUCIBLE).toBuilder()
                    .maxNumSeqs(maxNumSeqs)
                    .maxNumBatchedTokens(maxNumBatchedTokens)
                    .blocks(blocks)
                    .prefixCaching(prefixCaching)
                    .build();
            LlmOptions options = LlmOptions.of(TinyLlama.folder().toString());
            return options.with(options.device().withBackend(backend).withThreads(threads))
                    .with(engine);
        }
    }

    @Test
    void answersHaveTheSameBitsOnEveryBackendAndInEverySchedule() {
        check(List.of(
                new Setting(BITS, 1, 16, 256, ROOMY, false),
                new Setting(Backends.CPU, 2, 64, 2048, ROOMY, false),
                new Setting(Backends.CPU, 2, 16, 16, ROOMY, true),
                new Setting(Backends.CPU, 1, 16, 2048, TIGHT, true),
                new Setting(Backends.CPU, 2, 16, 64, TIGHT, false)));
    }

    @ParameterizedTest
    @ValueSource(strings = {DeviceBackends.OPENCL, DeviceBackends.LEVEL_ZERO})
    void aDeviceGivesTheSameBitsInEverySchedule(String backend) {
        checkDevice(backend);
    }

    @Test
    @Tag(DeviceBackends.TORNADO)
    void aTornadoDeviceGivesTheSameBitsInEverySchedule() {
        checkDevice(DeviceBackends.TORNADO);
    }

    private static void checkDevice(String backend) {
        DeviceBackends.assume(backend);
        check(List.of(
                new Setting(backend, 0, 1, 2048, ROOMY, false),
                new Setting(backend, 0, 64, 2048, ROOMY, false),
                new Setting(backend, 0, 16, 16, ROOMY, true),
                new Setting(backend, 0, 16, 2048, TIGHT, true),
                new Setting(backend, 0, 16, 64, TIGHT, false)));
    }

    /** Every setting gives what the CPU gives one request after another. */
    private static void check(List<Setting> settings) {
        List<GenerationRequest> requests = requests(new Random(SEED));
        List<List<ScoredToken>> expected = new ArrayList<>();
        run(new Setting(Backends.CPU, 1, 1, 2048, ROOMY, false), requests, expected);
        for (Setting setting : settings) {
            Explanation explanation = Llm.explain(setting.options(), backends());
            assertTrue(explanation.forward().isWhole() && explanation.sampling().isWhole(), setting.toString());
            List<List<ScoredToken>> actual = new ArrayList<>();
            EngineStats stats = run(setting, requests, actual);
            assertEquals(setting.prefixCaching, stats.prefixHits() > 0);
            assertEquals(setting.blocks == TIGHT, stats.preemptions() > 0, () -> "preemptions: " + stats.preemptions());
            for (int i = 0; i < requests.size(); i++) {
                assertEquals(expected.get(i), actual.get(i), "seed " + SEED + ", request " + i + ", " + setting);
            }
        }
    }

    private static EngineStats run(Setting setting, List<GenerationRequest> requests, List<List<ScoredToken>> answers) {
        try (Llm llm = Llm.load(setting.options(), backends())) {
            assertEquals(Numerics.REPRODUCIBLE, llm.info().numerics());
            List<TextCollected> collected = requests.stream()
                    .map(request -> {
                        TextCollected one = new TextCollected();
                        llm.submit(request, one);
                        return one;
                    })
                    .toList();
            for (TextCollected one : collected) {
                assertTrue(one.usage().completionTokens() > 0);
                answers.add(one.choice(0).tokens.stream().map(ScoredToken::of).toList());
            }
            return llm.stats();
        }
    }

    private static Backends backends() {
        return Backends.of(Stream.concat(
                        Stream.of(new OracleProvider(BITS, BitsBackend::new)),
                        Backends.onClassPath().providers().stream())
                .toList());
    }

    /** Half of them greedy, two of three with the same beginning. */
    private static List<GenerationRequest> requests(Random random) {
        List<GenerationRequest> requests = new ArrayList<>();
        int[] shared = random.ints(50, 3, VOCABULARY).toArray();
        for (int i = 0; i < REQUESTS; i++) {
            int[] own = random.ints(random.nextInt(1, 60), 3, VOCABULARY).toArray();
            int[] prompt = random.nextInt(3) == 0
                    ? own
                    : IntStream.concat(IntStream.of(shared), IntStream.of(own)).toArray();
            SamplingParams.Builder sampling = SamplingParams.builder()
                    .seed(i)
                    .temperature(random.nextBoolean() ? 0 : 1.2f)
                    .logprobs(4)
                    .maxTokens(random.nextInt(1, 45));
            if (random.nextInt(3) == 0) {
                sampling.topK(40).topP(0.95f).minP(0.001f);
            }
            requests.add(GenerationRequest.of("r" + i, prompt, sampling.build()));
        }
        return requests;
    }
}
