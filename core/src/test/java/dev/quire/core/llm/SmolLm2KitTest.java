package dev.quire.core.llm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quire.api.AttentionBackend;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.bits.BitsBackend;
import dev.quire.conformance.bits.Canon;
import dev.quire.conformance.cases.Depth;
import dev.quire.conformance.models.Golden;
import dev.quire.conformance.models.KitModel;
import dev.quire.conformance.models.LogitsHash;
import dev.quire.conformance.models.ModelRun;
import dev.quire.conformance.models.References;
import dev.quire.core.engine.EngineOptions;
import dev.quire.core.model.checkpoint.Quantization;
import dev.quire.core.model.checkpoint.WeightDType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The conformance kit's data of SmolLM2, its weights decoded and rounded to bfloat16. */
class SmolLm2KitTest extends KitModelTest {
    private static final Path FRESH = Path.of("target", "references.json");

    /** How many tokens of which text are hashed: what a scalar interpreter can do in a test. */
    private static final List<References.Text> HASHED = List.of(
            new References.Text("fact", 20, ""),
            new References.Text("story", 28, ""),
            new References.Text("japanese", 32, ""),
            new References.Text("chat-greeting", 40, ""));

    @Override
    void check(String backend, Numerics numerics) {
        Path cache = DeviceOptions.defaults().cacheDirectory();
        try (ForwardModel model = open()) {
            assertPasses(backend, cache, kit(model), numerics, Depth.QUICK);
        }
    }

    /** What the interpreter says now is written to target/: commit it where rules and version change together. */
    @Test
    void theInterpreterOfTheCanonGivesThePublishedHashes() throws IOException {
        Golden golden = Golden.of("smollm2");
        int longest = HASHED.stream().mapToInt(References.Text::tokens).max().orElseThrow();
        List<References.Text> texts = new ArrayList<>();
        try (ForwardModel model = open();
                AttentionBackend bits = new BitsBackend();
                ModelRun run = new ModelRun(bits, bits, kit(model), Numerics.REPRODUCIBLE, longest, longest)) {
            for (References.Text text : HASHED) {
                String hash = LogitsHash.of(run.logits(text.ids(golden), text.tokens()), text.tokens());
                texts.add(new References.Text(text.name(), text.tokens(), hash));
            }
        }
        References fresh = new References(Canon.VERSION, "smollm2", texts);
        Files.writeString(FRESH, fresh.json());
        assertEquals(fresh, References.of("smollm2"));
    }

    private static KitModel kit(ForwardModel model) {
        return new KitModel("smollm2", model.program(), model.cache(), model.weights());
    }

    private static ForwardModel open() {
        LlmOptions options = RealModel.served(EngineOptions.DEFAULT);
        LlmOptions plain =
                options.with(options.model().withDType(WeightDType.BFLOAT16).withQuantization(Quantization.NONE));
        try (AttentionBackend bits = new BitsBackend()) {
            return ForwardModel.open(plain, bits.info());
        }
    }
}
