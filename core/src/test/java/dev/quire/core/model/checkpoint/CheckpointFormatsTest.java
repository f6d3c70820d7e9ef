package dev.quire.core.model.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.types.WeightFormat;
import dev.quire.core.weights.Checkpoint;
import dev.quire.core.weights.Gguf;
import dev.quire.core.weights.GgufBytes;
import dev.quire.core.weights.TensorMap;
import dev.quire.core.weights.TensorView;
import dev.quire.core.weights.format.WeightFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

    /** blk.0 has rows of 3 elements, blk.1 is Q4_0, norm is F16. */
    @Test
    void int8QuantizesPlainLayersOfWholeBlocksAndNothingElse() {
        CheckpointFormats formats = new CheckpointFormats(weights, WeightDType.AUTO, Quantization.INT8);
        assertEquals(WeightFormat.BF16, formats.matrix("norm.weight"), "a table or a head");
        assertEquals(WeightFormat.Q4_0, formats.matrix("blk.1.weight"));
        assertEquals(WeightFormat.INT8, formats.layer("norm.weight", 64));
        formats.check();
        assertTrue(formats.leftNotice().isEmpty());
        assertEquals(WeightFormat.Q4_0, formats.layer("blk.1.weight", 32));
        assertEquals(WeightFormat.BF16, formats.layer("blk.0.weight", 3));
        String left = formats.leftNotice().orElseThrow();
        assertTrue(left.contains("stored in [Q4_0] stay so beside 1 of INT8"), left);
        assertTrue(left.contains("1 layer, blk.0.weight, stays in BF16: rows are"), left);
    }

    @Test
    void int8IsRefusedWhereItHasNothingToQuantize() {
        CheckpointFormats stored = new CheckpointFormats(weights, WeightDType.AUTO, Quantization.INT8);
        stored.layer("blk.1.weight", 32);
        String why = assertThrows(WeightFormatException.class, stored::check).getMessage();
        assertTrue(why.contains("m.gguf: its layers are stored in [Q4_0] already; leave the option out"), why);
        CheckpointFormats uneven = new CheckpointFormats(weights, WeightDType.AUTO, Quantization.INT8);
        uneven.layer("blk.0.weight", 3);
        why = assertThrows(WeightFormatException.class, uneven::check).getMessage();
        assertTrue(why.contains("rows of layers such as blk.0.weight are no multiples of 32 elements long"), why);
        new CheckpointFormats(weights, WeightDType.AUTO, Quantization.AUTO).check();
    }

    @Test
    void aLayerOfPartsInSeveralFormatsIsSaidToBeOne() {
        Checkpoint stacked = new Checkpoint(weights.file(), name -> {
            TensorView plain = TensorView.whole("blk.0.weight").reshaped(1);
            return name.equals("mixed")
                    ? new TensorView.Stacked(
                            List.of(plain, TensorView.whole("norm.weight").reshaped(1)))
                    : TensorView.whole(name);
        });
        CheckpointFormats formats = new CheckpointFormats(stacked, WeightDType.AUTO, Quantization.INT8);
        assertEquals(WeightFormat.BF16, formats.layer("mixed", 32));
        String why = assertThrows(WeightFormatException.class, formats::check).getMessage();
        assertTrue(why.contains("m.gguf: layers such as mixed are of parts in several formats; leave"), why);
        assertEquals(WeightFormat.INT8, formats.layer("norm.weight", 64));
        String left = formats.leftNotice().orElseThrow();
        assertTrue(left.contains("1 layer, mixed, stays in BF16: parts are stored in several formats."), left);
    }

    @Test
    void layersAreWhatMatricesAreUnlessInt8IsAskedFor() {
        CheckpointFormats formats = new CheckpointFormats(weights, WeightDType.AUTO, Quantization.AUTO);
        assertEquals(WeightFormat.BF16, formats.layer("norm.weight", 64));
        assertEquals(WeightFormat.Q4_0, formats.layer("blk.1.weight", 32));
    }
}
