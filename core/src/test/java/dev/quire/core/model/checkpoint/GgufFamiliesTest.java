package dev.quire.core.model.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quire.conformance.oracle.OracleBackend;
import dev.quire.core.model.architecture.Architecture;
import dev.quire.core.testing.Family;
import dev.quire.core.testing.OneStep;
import dev.quire.core.weights.Gguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A family's GGUF file says what its Hugging Face folder says. */
class GgufFamiliesTest {
    /** Part of the largest |logit|: GGUF keeps eps, rotary factors and sums of norm weights in float32, and angles grow with positions. */
    private static final double BOUND = 1e-5;

    static List<Family> families() {
        return Family.all().stream()
                .filter(family -> Files.exists(gguf(family)))
                .toList();
    }

    private static Path gguf(Family family) {
        return family.folder()
                .resolve("../../gguf")
                .resolve(family.name() + ".gguf")
                .normalize();
    }

    @ParameterizedTest
    @MethodSource("families")
    void theLogitsAreThoseOfTheFolder(Family family) throws IOException {
        try (ModelCheckpoint checkpoint = ModelCheckpoint.ofGguf(Gguf.open(gguf(family)));
                OracleBackend oracle = new OracleBackend()) {
            var formats = new CheckpointFormats(checkpoint.weights(), WeightDType.FLOAT32, Quantization.AUTO);
            Architecture.Definition model = checkpoint.define(formats, OneStep.serving(family));
            for (Family.Case golden : family.cases()) {
                double[] expected = golden.rows();
                double[] logits = OneStep.logits(oracle, model, checkpoint.weights(), golden.ids(), golden.firstRow());
                double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
                assertEquals(expected.length, logits.length);
                for (int i = 0; i < expected.length; i++) {
                    assertEquals(expected[i], logits[i], BOUND * largest, "logit " + i);
                }
            }
        }
    }
}
