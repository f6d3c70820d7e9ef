package dev.quire.core.llm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.memory.Buffer;
import dev.quire.core.engine.EngineOptions;
import dev.quire.core.testing.SmolLm2;
import dev.quire.core.testing.SmolLm2.Bounds;
import dev.quire.core.testing.SmolLm2.Golden;
import dev.quire.core.testing.SmolLm2.Prompt;
import dev.quire.core.testing.TextCollected;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The real model in float32 says what Transformers says: the same logits after the same texts, the same greedy tokens. */
class SmolLm2GoldenTest {
    private static final int STEPS = 64;
    private static final int TOP = 16;

    /** Of all tokens, near ties included, so many are to be exact. */
    private static final double EXACT = 0.97;

    private final Golden golden = SmolLm2.golden();
    private final Bounds bounds = SmolLm2.float32();

    @Test
    void logitsAreTheReferences() {
        int longest =
                golden.prompts().stream().mapToInt(p -> p.ids().length).max().orElseThrow() + STEPS;
        ByteBuffer rows = SmolLm2.binary("rows.bin");
        ByteBuffer steps = SmolLm2.binary("steps.bin");
        double largest = 0;
        int exact = 0;
        try (ForcedForward model = new ForcedForward(RealModel.float32(EngineOptions.DEFAULT), longest, STEPS)) {
            for (Prompt prompt : golden.prompts()) {
                Buffer logits = model.logits(forced(prompt), STEPS);
                int fullRow = golden.fullRows().indexOf(prompt.name());
                double worst = fullRow < 0 ? 0 : fullRowError(prompt, rows, fullRow, logits);
                for (int step = 0; step < STEPS; step++) {
                    worst = Math.max(worst, stepError(prompt, step, steps, logits));
                    exact += isGoldenFirst(prompt, step, logits) ? 1 : 0;
                }
                assertTrue(worst <= bounds.logit(), "%s: %.2e of max|logit|".formatted(prompt.name(), worst));
                largest = Math.max(largest, worst);
            }
        }
        assertFalse(steps.hasRemaining());
        int all = golden.prompts().size() * STEPS;
        System.out.printf(
                "float32 logits: largest error %.2e of max|logit|, %d of %d argmaxes equal%n", largest, exact, all);
        assertTrue(exact >= EXACT * all, exact + " of " + all);
    }

    @Test
    void greedyTokensAreTheReferences() {
        int exact = 0;
        try (Llm llm = Llm.load(RealModel.float32(EngineOptions.DEFAULT))) {
            List<TextCollected> answers = golden.prompts().stream()
                    .map(prompt -> RealModel.ask(llm, prompt.name(), prompt.ids(), STEPS))
                    .toList();
            for (int p = 0; p < answers.size(); p++) {
                exact += exactTokens(golden.prompts().get(p), answers.get(p));
            }
        }
        int all = golden.prompts().size() * STEPS;
        System.out.printf("float32 greedy: %d of %d tokens equal%n", exact, all);
        assertTrue(exact >= EXACT * all, exact + " of " + all);
    }

    /** After a near tie the texts part, and what follows cannot be compared; {@link #logitsAreTheReferences} compares it. */
    private int exactTokens(Prompt prompt, TextCollected answer) {
        List<Integer> ids = answer.choice(0).ids();
        assertEquals(STEPS, ids.size(), prompt.name() + ": " + answer.end());
        int parted = IntStream.range(0, STEPS)
                .filter(step -> ids.get(step) != prompt.greedy()[step])
                .findFirst()
                .orElse(STEPS);
        assertTrue(
                parted == STEPS || prompt.isNearTie(parted, bounds),
                () -> "%s: token %d is %d, not %d"
                        .formatted(prompt.name(), parted, ids.get(parted), prompt.greedy()[parted]));
        return parted;
    }

    /** The prompt and all its greedy tokens but the last, whose logits nobody recorded. */
    private static int[] forced(Prompt prompt) {
        return IntStream.concat(
                        IntStream.of(prompt.ids()),
                        IntStream.of(prompt.greedy()).limit(STEPS - 1))
                .toArray();
    }

    /** @return the largest error of the whole row of step 0, as a part of max |logit| */
    private static double fullRowError(Prompt prompt, ByteBuffer rows, int row, Buffer logits) {
        double worst = 0;
        for (int token = 0; token < SmolLm2.VOCABULARY; token++) {
            float expected = rows.getFloat((row * SmolLm2.VOCABULARY + token) * Float.BYTES);
            worst = Math.max(worst, error(expected, logits.floatAt(0, token)));
        }
        return worst / prompt.maxAbs()[0];
    }

    /** Reads the step's record. @return the largest error of its logits, as a part of max |logit| */
    private double stepError(Prompt prompt, int step, ByteBuffer steps, Buffer logits) {
        int[] ids = new int[TOP + golden.seeded().length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = i < TOP ? steps.getInt() : golden.seeded()[i - TOP];
        }
        double worst = 0;
        for (int id : ids) {
            worst = Math.max(worst, error(steps.getFloat(), logits.floatAt(step, id)));
        }
        return worst / prompt.maxAbs()[step];
    }

    /** Whether the golden token has the largest logit; if not, it must be a near tie. */
    private boolean isGoldenFirst(Prompt prompt, int step, Buffer logits) {
        int first = 0;
        for (int token = 1; token < SmolLm2.VOCABULARY; token++) {
            if (logits.floatAt(step, token) > logits.floatAt(step, first)) {
                first = token;
            }
        }
        int argmax = first;
        boolean same = argmax == prompt.greedy()[step];
        assertTrue(
                same || prompt.isNearTie(step, bounds),
                () -> "%s: token %d is %d, not %d".formatted(prompt.name(), step, argmax, prompt.greedy()[step]));
        return same;
    }

    /** A NaN is infinitely wrong. */
    private static double error(float expected, float actual) {
        double error = Math.abs((double) expected - actual);
        return Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
    }
}
