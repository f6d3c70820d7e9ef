package dev.quire.core.model.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.types.WeightFormat;
import dev.quire.core.weights.Checkpoint;
import dev.quire.core.weights.Gguf;
import dev.quire.core.weights.GgufBytes;
import dev.quire.core.weights.TensorMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The table of what each stored format becomes under dtype and quantization. */
class CheckpointFormatsTest {
    @TempDir
    Path temporary;

    private Checkpoint weights;

    @BeforeEach
    void aFileOfF32Q4AndF16() throws IOException {
        weights = new Checkpoint(
                Gguf.open(Files.write(temporary.resolve("m.gguf"), GgufBytes.valid())), TensorMap.identity());
    }

    @AfterEach
    void closeFile() {
        weights.close();
    }

    @Test
    void autoKeepsQuantizedWeightsAndRoundsPlainOnes() {
        CheckpointFormats formats = new CheckpointFormats(weights, WeightDType.AUTO, Quantization.AUTO);
        assertEquals(WeightFormat.BF16, formats.matrix("blk.0.weight"));
        assertEquals(WeightFormat.Q4_0, formats.matrix("blk.1.weight"));
        assertEquals(WeightFormat.BF16, formats.matrix("norm.weight"));
        String notice = formats.notice().orElseThrow();
        assertTrue(notice.contains("[F32, F16]") && notice.contains("rounds them to BF16"), notice);
    }

    @Test
    void aTypeThatWasAskedForIsTakenWithoutANotice() {
        CheckpointFormats formats = new CheckpointFormats(weights, WeightDType.FLOAT32, Quantization.AUTO);
        assertEquals(WeightFormat.F32, formats.matrix("blk.0.weight"));
        assertEquals(WeightFormat.Q4_0, formats.matrix("blk.1.weight"));
        assertEquals(WeightFormat.F32, formats.matrix("norm.weight"));
        assertTrue(formats.notice().isEmpty());
    }

    @Test
    void quantizationNoneExpands() {
        assertEquals(
                WeightFormat.BF16,
                new CheckpointFormats(weights, WeightDType.AUTO, Quantization.NONE).matrix("blk.1.weight"));
        assertEquals(
                WeightFormat.F32,
                new CheckpointFormats(weights, WeightDType.FLOAT32, Quantization.NONE).matrix("blk.1.weight"));
    }
}
