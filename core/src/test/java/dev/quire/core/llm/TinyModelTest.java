package dev.quire.core.llm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.AttentionBackend;
import dev.quire.api.program.ProgramJson;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.bits.BitsBackend;
import dev.quire.conformance.cases.Depth;
import dev.quire.conformance.models.Golden;
import dev.quire.conformance.models.Golden.Bound;
import dev.quire.conformance.models.GoldenStep;
import dev.quire.conformance.models.GoldenText;
import dev.quire.conformance.models.KitModel;
import dev.quire.conformance.models.TinyModel;
import dev.quire.core.engine.EngineOptions;
import dev.quire.core.model.checkpoint.WeightDType;
import dev.quire.core.source.EnvironmentOptions;
import dev.quire.core.testing.DeviceBackends;
import dev.quire.core.testing.TextCollected;
import dev.quire.core.text.SpecialTokens;
import dev.quire.core.text.template.ChatTemplate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The model that the conformance kit's jar carries is loaded by its name, with no network. */
class TinyModelTest extends KitModelTest {
    private static final int STEPS = 64;
    private static final Path FRESH = Path.of("target", "program.json");

    @TempDir
    Path home;

    /** What core builds now is written to target/: commit it where it changes for a reason. */
    @Test
    void theProgramThatTheKitCarriesIsTheOneThatCoreBuilds() throws IOException {
        try (AttentionBackend bits = new BitsBackend();
                ForwardModel model = ForwardModel.open(options(), bits.info())) {
            Files.writeString(FRESH, ProgramJson.write(model.program()) + "\n");
            KitModel carried = TinyModel.load();
            assertEquals(model.program(), carried.forward());
            assertEquals(model.cache(), carried.cache());
            assertEquals(model.maxModelLen(), TinyModel.CONTEXT);
        }
    }

    @Test
    void greedyTokensAreTheGoldenOnes() {
        Golden golden = Golden.of(TinyModel.NAME);
        int exact = 0;
        try (Llm llm = Llm.load(float32())) {
            List<TextCollected> answers = golden.texts().stream()
                    .map(text -> RealModel.ask(llm, text.name(), text.prompt(), STEPS))
                    .toList();
            for (int i = 0; i < answers.size(); i++) {
                exact += exactTokens(golden.texts().get(i), answers.get(i), golden.bound(DType.F32));
            }
        }
        int all = golden.texts().size() * STEPS;
        System.out.printf("tiny, greedy, float32: %d of %d tokens equal%n", exact, all);
        assertTrue(exact >= Golden.EXACT * all, exact + " of " + all);
    }

    @Override
    void check(String backend, Numerics numerics) {
        assertPasses(backend, home, TinyModel.load(), numerics, Depth.FULL);
    }

    @ParameterizedTest
    @EnumSource
    void aLevelZeroDeviceHasTheGoldenTokensAndTheReferenceBits(Numerics numerics) {
        DeviceBackends.assume(DeviceBackends.LEVEL_ZERO);
        check(DeviceBackends.LEVEL_ZERO, numerics);
    }

    @Test
    void aChatIsWrittenAsItWasTrained() {
        try (Llm llm = Llm.load(options())) {
            ChatTemplate template = llm.chatTemplate().orElseThrow();
            String chat = template.render(Map.of(
                    "messages", List.of(Map.of("role", "user", "content", "Hello!")), "add_generation_prompt", true));
            assertEquals("<|begin|><|user|>Hello!<|end|><|assistant|>", chat);
            assertArrayEquals(
                    Golden.of(TinyModel.NAME).text("hello").prompt(),
                    llm.tokenizer().encode(chat, SpecialTokens.PARSE));
            assertArrayEquals(
                    Golden.of(TinyModel.NAME).text("once").prompt(),
                    llm.tokenizer().encode("Once upon a time", SpecialTokens.ADD));
        }
    }

    /** Texts part after a near tie; what follows cannot be compared. */
    private static int exactTokens(GoldenText golden, TextCollected answer, Bound bound) {
        List<Integer> ids = answer.choice(0).ids();
        assertEquals(STEPS, ids.size(), golden.name() + ": " + answer.end());
        for (int i = 0; i < STEPS; i++) {
            GoldenStep step = golden.steps().get(i);
            if (ids.get(i) != step.token()) {
                assertTrue(
                        step.allows(ids.get(i), bound),
                        "%s: token %d is %d, not %d".formatted(golden.name(), i, ids.get(i), step.token()));
                return i;
            }
        }
        return STEPS;
    }

    /** The defaults with a cache that a test can afford. */
    private static EngineOptions engine() {
        return EngineOptions.builder().blocks(512).build();
    }

    /** A text goes its own way after a near tie, and bf16 meets many: free texts are compared in float32, forced ones in bf16. */
    private LlmOptions float32() {
        LlmOptions options = options();
        return options.with(options.model().withDType(WeightDType.FLOAT32));
    }

    private LlmOptions options() {
        LlmOptions options = LlmOptions.of(TinyModel.NAME);
        return options.with(options.model().withSource(EnvironmentOptions.read(Map.of("HF_HUB_OFFLINE", "1"), home)))
                .with(options.device().withBackend(Backends.CPU))
                .with(engine());
    }
}
