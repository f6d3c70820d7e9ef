package dev.quire.core.model.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quire.api.StepLimits;
import dev.quire.api.memory.Buffer;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.GroupStep;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepTokens;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.oracle.OracleBackend;
import dev.quire.core.model.architecture.Architecture;
import dev.quire.core.testing.TinyLlama;
import dev.quire.core.testing.TinyLlamaGguf;
import dev.quire.core.weights.Gguf;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program of a checkpoint, interpreted in float64, gives the logits of the float64 reference. */
class GoldenLogitsTest {
    private static final int BLOCK = 16;

    @TempDir
    Path temporary;

    @Test
    void theFoldersLogitsAreTheReferences() throws Exception {
        try (ModelCheckpoint checkpoint = ModelCheckpoint.ofFolder(TinyLlama.folder())) {
            assertLogits(checkpoint);
        }
    }

    @Test
    void theGgufFilesLogitsAreTheReferences() throws Exception {
        Gguf file = Gguf.open(new TinyLlamaGguf().write(temporary.resolve("tiny.gguf")));
        try (ModelCheckpoint checkpoint = ModelCheckpoint.ofGguf(file)) {
            assertLogits(checkpoint);
        }
    }

    private static void assertLogits(ModelCheckpoint checkpoint) {
        var formats = new CheckpointFormats(checkpoint.weights(), WeightDType.FLOAT32, Quantization.AUTO);
        Architecture.Definition model =
                checkpoint.define(formats, new Architecture.Serving(DType.F32, BLOCK, OptionalInt.empty()));
        try (OracleBackend oracle = new OracleBackend();
                var weights = oracle.load(model.forward().weights(), checkpoint.weights());
                var forward =
                        oracle.compile(model.forward(), weights, new StepLimits(256, 1, 256, 256), Numerics.FAST)) {
            for (TinyLlama.Case golden : TinyLlama.cases()) {
                int blocks = Math.ceilDiv(golden.ids().length, BLOCK);
                try (var cache = oracle.allocate(new KvCacheLayout(
                        List.of(model.cache().groups().getFirst().withBlocks(blocks))))) {
                    int rows = golden.logits().length;
                    Buffer logits = oracle.buffer(DType.F32, rows, model.info().vocabSize());
                    forward.submit(prefill(golden, blocks), new Bindings(Optional.of(cache), Map.of("logits", logits)))
                            .await();
                    assertRows(golden, logits);
                }
            }
        }
    }

    private static StepBatch prefill(TinyLlama.Case golden, int blocks) {
        int count = golden.ids().length;
        int[] positions = IntStream.range(0, count).toArray();
        int[] table = IntStream.range(0, blocks).toArray();
        return new StepBatch(
                StepTokens.known(golden.ids()),
                positions,
                new int[] {0, count},
                IntStream.range(golden.firstRow(), count).toArray(),
                new int[0],
                List.of(new GroupStep(new int[] {count}, table, blocks, positions)),
                List.of());
    }

    /** Logits leave a program as float32, so the reference is rounded too; one unit in the last place remains for ties. */
    private static void assertRows(TinyLlama.Case golden, Buffer logits) {
        for (int row = 0; row < golden.logits().length; row++) {
            for (int token = 0; token < golden.logits()[row].length; token++) {
                float expected = (float) golden.logits()[row][token];
                String where = "'%s', row %d, token %d".formatted(golden.text(), row, token);
                assertEquals(expected, logits.floatAt(row, token), Math.ulp(expected), where);
            }
        }
    }
}
