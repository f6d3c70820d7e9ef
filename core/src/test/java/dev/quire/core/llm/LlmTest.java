package dev.quire.core.llm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.types.Numerics;
import dev.quire.core.engine.EngineOptions;
import dev.quire.core.request.FinishReason;
import dev.quire.core.request.GenerationRequest;
import dev.quire.core.request.Refusal;
import dev.quire.core.request.SamplingParams;
import dev.quire.core.request.SamplingParams.Detokenization;
import dev.quire.core.request.SamplingParams.Stopping;
import dev.quire.core.testing.OracleProvider;
import dev.quire.core.testing.TextCollected;
import dev.quire.core.testing.TinyLlama;
import dev.quire.core.testing.TinyLlamaGguf;
import dev.quire.core.text.SpecialTokens;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model is loaded, answers as its reference does, and is let go. */
class LlmTest {
    @TempDir
    Path temporary;

    @ParameterizedTest
    @ValueSource(strings = {OracleProvider.NAME, Backends.CPU})
    void greedyTextIsTheReferences(String backend) {
        try (Llm llm = Llm.load(TinyLlama.exact(backend), backends())) {
            assertGreedy(llm);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {OracleProvider.NAME, Backends.CPU})
    void aGgufFileGivesTheSameTextAsTheFolder(String backend) throws Exception {
        Path file = new TinyLlamaGguf().write(temporary.resolve("tiny.gguf"));
        try (Llm llm = Llm.load(TinyLlama.exact(file, backend), backends())) {
            assertGreedy(llm);
        }
    }

    private static void assertGreedy(Llm llm) {
        List<TinyLlama.Case> cases = TinyLlama.cases();
        List<TextCollected> answers =
                cases.stream().map(golden -> ask(llm, golden)).toList();
        for (int i = 0; i < cases.size(); i++) {
            TinyLlama.Case golden = cases.get(i);
            TextCollected answer = answers.get(i);
            assertArrayEquals(
                    golden.greedy(),
                    answer.choice(0).ids().stream().mapToInt(Integer::intValue).toArray(),
                    golden.text());
            assertEquals(golden.greedyText(), answer.choice(0).text.toString());
            assertEquals(golden.ids().length, answer.usage().promptTokens());
            assertEquals(golden.greedy().length, answer.usage().completionTokens());
        }
    }

    private static TextCollected ask(Llm llm, TinyLlama.Case golden) {
        assertArrayEquals(golden.ids(), llm.tokenizer().encode(golden.text(), SpecialTokens.ADD));
        SamplingParams sampling = SamplingParams.greedy().toBuilder()
                .stopping(Stopping.after(golden.greedy().length))
                .detokenization(new Detokenization(false, true))
                .build();
        TextCollected collected = new TextCollected();
        llm.submit(GenerationRequest.of(golden.text(), golden.ids(), sampling), collected);
        return collected;
    }

    @Test
    void generateReturnsWhatStreamGives() {
        SamplingParams sampling =
                SamplingParams.greedy().toBuilder().maxTokens(20).build();
        try (Llm llm = Llm.load(TinyLlama.exact(Backends.CPU), backends())) {
            String whole = llm.generate("The river runs", sampling);
            try (Stream<String> pieces = llm.stream("The river runs", sampling)) {
                List<String> read = pieces.toList();
                assertEquals(whole, String.join("", read));
                assertTrue(read.size() > 1, "one piece only: " + read);
            }
            assertTrue(TinyLlama.cases().getFirst().greedyText().startsWith(whole.substring(0, 4)), whole);
        }
    }

    @Test
    void aStopStringEndsTheRequestInTheEngineToo() throws Exception {
        TinyLlama.Case golden = TinyLlama.cases().getFirst();
        String stop = golden.greedyText().substring(5, 8);
        SamplingParams sampling = SamplingParams.greedy().toBuilder()
                .n(2)
                .stopping(new Stopping(
                        OptionalInt.empty(),
                        0,
                        List.of(stop),
                        Set.of(),
                        Stopping.Eos.IGNORED,
                        Stopping.StopText.REMOVED))
                .detokenization(new Detokenization(false, true))
                .build();
        try (Llm llm = Llm.load(TinyLlama.exact(Backends.CPU), backends())) {
            TextCollected answer = new TextCollected();
            llm.submit(GenerationRequest.of("stopped", golden.ids(), sampling), answer);
            String before = golden.greedyText().substring(0, golden.greedyText().indexOf(stop));
            for (int choice = 0; choice < 2; choice++) {
                assertEquals(before, answer.choice(choice).text.toString());
                assertEquals(FinishReason.STOP, answer.reason(choice));
            }
            assertEquals(2 * answer.choice(0).ids().size(), answer.usage().completionTokens());
            assertTrue(llm.drain(Duration.ofMinutes(10)));
            assertEquals(0, llm.stats().heldBlocks());
        }
    }

    @Test
    void aRefusalIsThrownWithItsReason() {
        try (Llm llm = Llm.load(TinyLlama.exact(Backends.CPU), backends())) {
            SamplingParams tooLong =
                    SamplingParams.greedy().toBuilder().maxTokens(5000).build();
            GenerationException refused =
                    assertThrows(GenerationException.class, () -> llm.generate("The river", tooLong));
            assertEquals(Refusal.Kind.TOO_LONG, refused.refusal().orElseThrow().kind());
        }
    }

    @Test
    void aLongerContextThanTheModelsIsRefused() {
        LlmOptions options = TinyLlama.exact(Backends.CPU);
        EngineOptions longer = options.engine().toBuilder().maxModelLen(4096).build();
        String message = assertThrows(IllegalArgumentException.class, () -> Llm.load(options.with(longer), backends()))
                .getMessage();
        assertTrue(message.contains("4096") && message.contains("2048"), message);
    }

    @Test
    void float32WeightsAreNotServedReproducibly() { // N4
        LlmOptions exact = TinyLlama.exact(Backends.CPU);
        EngineOptions reproducible = TinyLlama.engine(OptionalInt.empty(), Numerics.REPRODUCIBLE);
        String message = assertThrows(IllegalArgumentException.class, () -> exact.with(reproducible))
                .getMessage();
        assertTrue(message.contains("dtype bfloat16"), message);
    }

    @Test
    void theTemplateOfTheModelRenders() {
        try (Llm llm = Llm.load(TinyLlama.exact(Backends.CPU), backends())) {
            String text = llm.chatTemplate()
                    .orElseThrow()
                    .render(Map.of(
                            "messages",
                            List.of(Map.of("role", "user", "content", "What is a quire?")),
                            "add_generation_prompt",
                            true));
            assertEquals(TinyLlama.cases().get(3).text(), text);
            assertEquals(Set.of(2), Set.copyOf(llm.tokenizer().eosIds()));
            assertEquals(512, llm.info().cache().blocks());
        }
    }

    private static Backends backends() {
        return Backends.of(Stream.concat(Stream.of(new OracleProvider()), Backends.onClassPath().providers().stream())
                .toList());
    }
}
