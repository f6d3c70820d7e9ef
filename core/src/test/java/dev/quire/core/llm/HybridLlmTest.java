package dev.quire.core.llm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendException;
import dev.quire.api.BackendOptions;
import dev.quire.api.BackendProvider;
import dev.quire.api.DeviceChoice;
import dev.quire.api.placement.PlacedOp;
import dev.quire.api.placement.ProgramPlacement;
import dev.quire.api.placement.Runner;
import dev.quire.api.program.Op;
import dev.quire.conformance.guards.RefusingBackend;
import dev.quire.conformance.oracle.OracleBackend;
import dev.quire.core.request.GenerationRequest;
import dev.quire.core.request.SamplingParams;
import dev.quire.core.request.SamplingParams.Stopping;
import dev.quire.core.testing.Histories;
import dev.quire.core.testing.OracleProvider;
import dev.quire.core.testing.TextCollected;
import dev.quire.core.testing.TinyLlama;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a backend refuses, the tokens are those of the whole program. */
class HybridLlmTest {
    private static final String PARTIAL = "partial";

    /** A backend that refuses some ops of the small model. */
    record Pattern(String name, Predicate<Op> refuses) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Pattern> patterns() {
        return Stream.of(
                new Pattern("all but attention", op -> op.cache().isEmpty()),
                new Pattern("attention only", op -> op.cache().isPresent()),
                new Pattern("writing keys only", Op.WriteKv.class::isInstance),
                new Pattern(
                        "one layer's attention",
                        op -> op instanceof Op.Attend a && a.out().name().startsWith("layer1")),
                new Pattern("all but linear layers", op -> !(op instanceof Op.Linear)),
                new Pattern("linear layers", Op.Linear.class::isInstance),
                new Pattern("embedding", Op.Embed.class::isInstance),
                new Pattern("sampling", Op.Sample.class::isInstance),
                new Pattern("all but sampling", op -> !(op instanceof Op.Sample)),
                new Pattern("rotation", Op.Rope.class::isInstance),
                new Pattern("the picking of rows", Op.GatherRows.class::isInstance),
                new Pattern("everything", op -> true));
    }

    @ParameterizedTest
    @MethodSource("patterns")
    void theTokensAreThoseOfTheWholeProgram(Pattern pattern) {
        try (Llm llm = Llm.load(TinyLlama.exact(PARTIAL), partial(pattern.refuses()))) {
            assertGreedy(llm);
        }
    }

    @Test
    void theTokensAreThoseOfTheWholeProgramWhateverIsRefused() {
        Histories.run(10, seed -> {
            Predicate<Op> refuses = op ->
                    new SplittableRandom(seed * 31 + op.outputs().toString().hashCode()).nextBoolean();
            Backends backends = seed % 2 == 0 ? partial(refuses) : partialCpu(refuses);
            try (Llm llm = Llm.load(TinyLlama.exact(PARTIAL), backends)) {
                assertGreedy(llm);
            }
        });
    }

    @Test
    void ofEveryOtherOpEachSegmentIsOneOp() {
        ProgramPlacement whole =
                Llm.explain(TinyLlama.exact(PARTIAL), partial(op -> false)).forward();
        Set<Op> odd = new HashSet<>();
        for (int i = 1; i < whole.ops().size(); i += 2) {
            if (whole.ops().get(i).op().cache().isEmpty()) {
                odd.add(whole.ops().get(i).op());
            }
        }
        assertTrue(whole.isWhole());
        try (Llm llm = Llm.load(TinyLlama.exact(PARTIAL), partial(odd::contains))) {
            assertGreedy(llm);
        }
    }

    @Test
    void aCacheGroupStaysTogetherAndTheExplanationSaysWhy() {
        Explanation explanation = Llm.explain(TinyLlama.exact(PARTIAL), partial(Op.WriteKv.class::isInstance));
        List<PlacedOp> attends = explanation.forward().ops().stream()
                .filter(placed -> placed.op() instanceof Op.Attend)
                .toList();
        assertEquals(2, attends.size());
        for (PlacedOp attend : attends) {
            assertEquals(Runner.FALLBACK, attend.runner());
            assertEquals("cpu", attend.backend());
            String reason = attend.reason().orElseThrow();
            assertTrue(reason.contains("its cache group") && reason.contains("the test refuses WriteKv"), reason);
        }
        assertTrue(explanation.sampling().isWhole());
    }

    @Test
    void anOperatorIsToldWhatRunsElsewhere() {
        List<String> notices = new CopyOnWriteArrayList<>();
        LlmOptions options = TinyLlama.exact(PARTIAL).with(new LlmListener() {
            @Override
            public void notice(String sentence) {
                notices.add(sentence);
            }
        });
        Llm.load(options, partial(Op.Rope.class::isInstance)).close();
        assertTrue(
                notices.stream().anyMatch(n -> n.contains("run on the cpu") && n.contains("Rope")), notices.toString());
        notices.clear();
        Llm.load(options, partial(op -> false)).close();
        assertTrue(notices.stream().noneMatch(n -> n.contains("run on the cpu")), notices.toString());
    }

    @Test
    void whatNobodyRunsIsRefusedByNameAndExplained() {
        Backends alone = Backends.of(List.of(provider(Op.Gated.class::isInstance)));
        LlmOptions options = TinyLlama.exact(PARTIAL);
        String message = assertThrows(BackendException.class, () -> Llm.load(options, alone))
                .getMessage();
        assertTrue(message.contains("2 of the model's") && message.contains("the test refuses Gated"), message);
        assertEquals(2, Llm.explain(options, alone).forward().of(Runner.NOBODY).size());
    }

    private static BackendProvider provider(Predicate<Op> refuses) {
        return new OracleProvider(PARTIAL, () -> new RefusingBackend(PARTIAL, new OracleBackend(), refuses));
    }

    private static Backends partial(Predicate<Op> refuses) {
        List<BackendProvider> providers = new ArrayList<>(Backends.onClassPath().providers());
        providers.add(provider(refuses));
        return Backends.of(providers);
    }

    /** Two cpu backends: both run beside the engine thread, so that only waiting keeps them in order. */
    private static Backends partialCpu(Predicate<Op> refuses) {
        BackendProvider cpu = Backends.onClassPath().choose(Backends.CPU);
        BackendOptions options =
                BackendOptions.defaults(DeviceOptions.defaults().cacheDirectory());
        Supplier<AttentionBackend> refusing =
                () -> new RefusingBackend(PARTIAL, Backends.open(cpu, DeviceChoice.BEST, options), refuses);
        return Backends.of(List.of(cpu, new OracleProvider(PARTIAL, refusing)));
    }

    /** All prompts at once, two choices each, so that steps mix prefill with decodes and blocks are copied. */
    private static void assertGreedy(Llm llm) {
        List<TinyLlama.Case> cases = TinyLlama.cases();
        List<TextCollected> answers = new ArrayList<>();
        for (TinyLlama.Case golden : cases) {
            SamplingParams sampling = SamplingParams.greedy().toBuilder()
                    .n(2)
                    .stopping(Stopping.after(golden.greedy().length))
                    .build();
            TextCollected answer = new TextCollected();
            llm.submit(GenerationRequest.of(golden.text(), golden.ids(), sampling), answer);
            answers.add(answer);
        }
        for (int i = 0; i < cases.size(); i++) {
            List<Integer> expected =
                    Arrays.stream(cases.get(i).greedy()).boxed().toList();
            assertEquals(expected, answers.get(i).choice(0).ids(), cases.get(i).text());
            assertEquals(expected, answers.get(i).choice(1).ids(), cases.get(i).text());
        }
    }
}
