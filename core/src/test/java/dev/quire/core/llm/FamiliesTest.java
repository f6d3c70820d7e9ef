package dev.quire.core.llm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendOptions;
import dev.quire.api.DeviceChoice;
import dev.quire.conformance.oracle.OracleBackend;
import dev.quire.core.model.architecture.Architecture;
import dev.quire.core.model.checkpoint.CheckpointFormats;
import dev.quire.core.model.checkpoint.ModelCheckpoint;
import dev.quire.core.model.checkpoint.Quantization;
import dev.quire.core.model.checkpoint.WeightDType;
import dev.quire.core.request.GenerationRequest;
import dev.quire.core.request.SamplingParams;
import dev.quire.core.request.SamplingParams.Stopping;
import dev.quire.core.testing.Family;
import dev.quire.core.testing.OneStep;
import dev.quire.core.testing.TextCollected;
import dev.quire.core.testing.TinyLlama;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A checkpoint of each family says what Transformers makes of it in float64. */
class FamiliesTest {
    /** Parts of a row's largest |logit|. */
    static final double EXACT = 1e-9;

    private static final double FLOAT32 = 1e-4;

    @TempDir
    Path temporary;

    @ParameterizedTest
    @MethodSource(Family.ALL)
    void theOraclesLogitsAreTheReferences(Family family) throws IOException {
        try (OracleBackend oracle = new OracleBackend()) {
            assertLogits(family, oracle, EXACT);
        }
    }

    @ParameterizedTest
    @MethodSource(Family.ALL)
    void theCpusLogitsAreTheReferencesInFloat32(Family family) throws IOException {
        try (AttentionBackend cpu = Backends.open(
                Backends.onClassPath().choose(Backends.CPU), DeviceChoice.BEST, BackendOptions.defaults(temporary))) {
            assertLogits(family, cpu, FLOAT32);
        }
    }

    @ParameterizedTest
    @MethodSource(Family.ALL)
    void greedyTokensAreTheReferences(Family family) throws IOException {
        assertGreedy(family, temporary);
    }

    /**
     * @param folder empty; the model is served from there
     */
    static void assertGreedy(Family family, Path folder) throws IOException {
        LlmOptions options = TinyLlama.exact(family.servable(folder), Backends.CPU, family.maxModelLen());
        try (Llm llm = Llm.load(options)) {
            assertGreedy(family, llm);
        }
    }

    /** @param llm serves the family's model */
    static void assertGreedy(Family family, Llm llm) {
        List<TextCollected> answers =
                family.cases().stream().map(golden -> ask(llm, golden)).toList();
        for (int i = 0; i < answers.size(); i++) {
            List<Integer> ids = answers.get(i).choice(0).ids();
            assertArrayEquals(
                    family.cases().get(i).greedy(),
                    ids.stream().mapToInt(Integer::intValue).toArray(),
                    "case " + i);
        }
    }

    static void assertLogits(Family family, AttentionBackend backend, double bound) throws IOException {
        try (ModelCheckpoint checkpoint = ModelCheckpoint.ofFolder(family.folder())) {
            var formats = new CheckpointFormats(checkpoint.weights(), WeightDType.FLOAT32, Quantization.AUTO);
            Architecture.Definition model = checkpoint.define(formats, OneStep.serving(family));
            for (Family.Case golden : family.cases()) {
                double[] expected = golden.rows();
                double[] logits = OneStep.logits(backend, model, checkpoint.weights(), golden.ids(), golden.firstRow());
                assertEquals(expected.length, logits.length);
                assertRows(expected, logits, model.info().vocabSize(), bound);
            }
        }
    }

    private static void assertRows(double[] expected, double[] actual, int width, double bound) {
        for (int from = 0; from < expected.length; from += width) {
            double largest = 0;
            for (int i = from; i < from + width; i++) {
                largest = Math.max(largest, Math.abs(expected[i]));
            }
            for (int i = from; i < from + width; i++) {
                assertEquals(
                        expected[i], actual[i], bound * largest, "row %d, token %d".formatted(from / width, i - from));
            }
        }
    }

    private static TextCollected ask(Llm llm, Family.Case golden) {
        SamplingParams sampling = SamplingParams.greedy().toBuilder()
                .stopping(Stopping.after(golden.greedy().length))
                .build();
        TextCollected collected = new TextCollected();
        llm.submit(GenerationRequest.of("prompt of " + golden.ids().length, golden.ids(), sampling), collected);
        return collected;
    }
}
