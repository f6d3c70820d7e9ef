package dev.quire.core.llm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.core.request.GenerationRequest;
import dev.quire.core.request.SamplingParams;
import dev.quire.core.request.SamplingParams.Detokenization;
import dev.quire.core.request.SamplingParams.Stopping;
import dev.quire.core.testing.OracleProvider;
import dev.quire.core.testing.TextCollected;
import dev.quire.core.testing.TinyLlama;
import dev.quire.core.testing.TinyLlamaGguf;
import dev.quire.core.text.SpecialTokens;
import java.nio.file.Path;
import java.util.List;
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
                .stopping(new Stopping(
                        OptionalInt.of(golden.greedy().length),
                        0,
                        List.of(),
                        Set.of(),
                        Stopping.Eos.IGNORED,
                        Stopping.StopText.REMOVED))
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

    private static Backends backends() {
        return Backends.of(Stream.concat(Stream.of(new OracleProvider()), Backends.onClassPath().providers().stream())
                .toList());
    }
}
