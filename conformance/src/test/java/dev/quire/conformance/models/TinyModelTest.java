package dev.quire.conformance.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.AttentionBackend;
import dev.quire.api.memory.Buffer;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.bits.BitsBackend;
import dev.quire.conformance.bits.Canon;
import dev.quire.conformance.models.Golden.Bound;
import dev.quire.conformance.oracle.OracleBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bundled model says in the kit's interpreters what it says elsewhere. */
class TinyModelTest {
    private static final Path FRESH = Path.of("target", "references.json");

    @Test
    void theOracleChoosesTheGoldenTokensWithTheGoldenLogits() {
        Golden golden = Golden.of(TinyModel.NAME);
        Bound bound = golden.bound(DType.F32);
        KitModel model = TinyModel.load().withKeys(DType.F32);
        double worst = 0;
        try (AttentionBackend oracle = new OracleBackend();
                ModelRun run = new ModelRun(oracle, oracle, model, Numerics.FAST, golden.longest(), golden.steps())) {
            for (GoldenText text : golden.texts()) {
                Buffer logits = run.logits(text.forced(), text.steps().size());
                for (int i = 0; i < text.steps().size(); i++) {
                    GoldenStep step = text.steps().get(i);
                    double error = Math.abs(logits.floatAt(i, step.token()) - step.logit()) / step.largest();
                    worst = Math.max(worst, error);
                    assertEquals(step.token(), argmax(logits, i), text.name() + " step " + i);
                }
            }
        }
        System.out.printf("largest error of the oracle: %.1e of max |logit|%n", worst);
        assertTrue(worst <= bound.logit(), worst + " of max |logit|");
    }

    /** Canon 1 as the interpreter has it. What it says now is written to target/: commit it where rules and version change together. */
    @Test
    void theInterpreterOfTheCanonGivesThePublishedHashes() throws IOException {
        Golden golden = Golden.of(TinyModel.NAME);
        List<References.Text> texts = new ArrayList<>();
        try (AttentionBackend bits = new BitsBackend();
                ModelRun run = new ModelRun(
                        bits, bits, TinyModel.load(), Numerics.REPRODUCIBLE, golden.longest(), golden.longest())) {
            for (GoldenText text : golden.texts()) {
                int[] ids = text.forced();
                texts.add(new References.Text(
                        text.name(), ids.length, LogitsHash.of(run.logits(ids, ids.length), ids.length)));
            }
        }
        String fresh = new References(Canon.VERSION, TinyModel.NAME, texts).json();
        Files.writeString(FRESH, fresh);
        assertEquals(fresh, ModelResource.text(TinyModel.NAME, "references.json"));
    }

    private static int argmax(Buffer logits, int row) {
        int best = 0;
        for (int id = 1; id < logits.width(); id++) {
            best = logits.floatAt(row, id) > logits.floatAt(row, best) ? id : best;
        }
        return best;
    }
}
