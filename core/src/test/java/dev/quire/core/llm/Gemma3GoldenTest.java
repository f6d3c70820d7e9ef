package dev.quire.core.llm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.memory.Buffer;
import dev.quire.core.engine.EngineOptions;
import dev.quire.core.testing.Gemma3;
import dev.quire.core.testing.Gemma3.Prompt;
import dev.quire.core.testing.TextCollected;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Gemma 3 270M in float32 says what Transformers says: the same logits after the same texts, the same greedy tokens. */
class Gemma3GoldenTest {
    /** How far a logit may be from the golden one, as a part of the row's largest |logit|; a tie nearer than twice that may flip. */
    private static final double LOGIT = 1e-4;

    private final List<Prompt> prompts = Gemma3.prompts();

    @Test
    void theLargestLogitsAreTheReferences() {
        LlmOptions options = RealModel.float32(Gemma3.file(), EngineOptions.DEFAULT);
        int longest = prompts.stream().mapToInt(p -> p.ids().length).max().orElseThrow();
        try (ForcedForward model = new ForcedForward(options, longest, 1)) {
            for (Prompt prompt : prompts) {
                Buffer logits = model.logits(prompt.ids(), 1);
                for (int i = 0; i < prompt.topIds().length; i++) {
                    double bound = LOGIT * prompt.maxAbs()[0];
                    int id = prompt.topIds()[i];
                    assertEquals(
                            prompt.topLogits()[i], logits.floatAt(0, id), bound, "%s: token %d".formatted(prompt, id));
                }
            }
        }
    }

    @Test
    void greedyTokensAreTheReferences() {
        try (Llm llm = Llm.load(RealModel.float32(Gemma3.file(), EngineOptions.DEFAULT))) {
            List<TextCollected> answers = prompts.stream()
                    .map(prompt -> RealModel.ask(llm, prompt.name(), prompt.ids(), prompt.greedy().length))
                    .toList();
            for (int p = 0; p < answers.size(); p++) {
                assertGreedy(prompts.get(p), answers.get(p));
            }
        }
    }

    /** After a near tie the texts part, and what follows cannot be compared. */
    private static void assertGreedy(Prompt prompt, TextCollected answer) {
        List<Integer> ids = answer.choice(0).ids();
        int steps = prompt.greedy().length;
        assertEquals(steps, ids.size(), prompt.name() + ": " + answer.end());
        int parted = IntStream.range(0, steps)
                .filter(step -> ids.get(step) != prompt.greedy()[step])
                .findFirst()
                .orElse(steps);
        assertTrue(
                parted == steps || prompt.gaps()[parted] < 2 * LOGIT * prompt.maxAbs()[parted],
                () -> "%s: token %d is %d, not %d".formatted(prompt, parted, ids.get(parted), prompt.greedy()[parted]));
    }
}
