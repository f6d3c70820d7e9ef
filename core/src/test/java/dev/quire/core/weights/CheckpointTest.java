package dev.quire.core.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.format.BlockDecoder;
import dev.quire.api.format.PlainEncoder;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.WeightFormat;
import dev.quire.core.weights.format.WeightFormatException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
    private static final TensorView MATRIX = TensorView.whole("matrix");

    @TempDir
    Path folder;

    private Gguf file;

    /** matrix is F32 [130, 3] with element i at i; blocks is Q8_0 [4, 32]; big is F32 [2] with a value beyond float16. */
    @BeforeEach
    void write() throws IOException {
        GgufBytes bytes = new GgufBytes()
                .header(3, 3, 0)
                .tensor("matrix", 0, 0, 3, 130)
                .tensor("blocks", 8, 1568, 32, 4)
                .tensor("big", 0, 1728, 2)
                .pad();
        for (int i = 0; i < 390; i++) {
            bytes.floats(i);
        }
        bytes.pad();
        for (int block = 0; block < 4; block++) {
            bytes.int8(0).int8(0x3C + block);
            for (int i = 0; i < 32; i++) {
                bytes.int8(i - 16);
            }
        }
        file = Gguf.open(Files.write(
                folder.resolve("model.gguf"), bytes.pad().floats(1, 70000).toArray()));
    }

    @AfterEach
    void close() {
        file.close();
    }

    @Test
    void handsOutWhatIsStoredAsAskedForWithoutACopy() {
        Checkpoint checkpoint = new Checkpoint(file, TensorMap.identity());
        MemorySegment read = checkpoint.read(new WeightRef("blocks", 4, 32, WeightFormat.Q8_0));
        assertEquals(file.tensor("blocks").data().address(), read.address());
        assertEquals(4 * 34, read.byteSize());
    }

    @Test
    void expandsBlocksToTheFormatAskedFor() {
        float[] expected = new float[128];
        BlockDecoder.decode(WeightFormat.Q8_0, file.tensor("blocks").data(), 0, expected, 0, 128);
        for (WeightFormat format : List.of(WeightFormat.F32, WeightFormat.F16, WeightFormat.BF16)) {
            MemorySegment encoded = MemorySegment.ofArray(new byte[128 * format.blockBytes()]);
            PlainEncoder.encode(format, expected, 0, encoded, 0, 128);
            MemorySegment read =
                    new Checkpoint(file, TensorMap.identity()).read(new WeightRef("blocks", 4, 32, format));
            assertEquals(-1, encoded.mismatch(read), format.name());
        }
    }

    @Test
    void aliasesRowsWithoutACopy() {
        float[] rows = read(new TensorView.Rows(MATRIX, 2, 128), 128, 3);
        assertEquals(6, rows[0]);
        assertEquals(389, rows[383]);
        Checkpoint checkpoint = new Checkpoint(file, name -> new TensorView.Rows(MATRIX, 2, 128));
        assertEquals(
                file.tensor("matrix").data().address() + 24,
                checkpoint.read(new WeightRef("w", 128, 3, WeightFormat.F32)).address());
    }

    @Test
    void turnsRowsIntoColumns() {
        float[] turned = read(new TensorView.Transposed(MATRIX), 3, 130);
        for (int row = 0; row < 3; row++) {
            for (int column = 0; column < 130; column++) {
                assertEquals(column * 3 + row, turned[row * 130 + column]);
            }
        }
    }

    @Test
    void stacksParts() {
        TensorView last = new TensorView.Rows(MATRIX, 129, 1);
        TensorView first = new TensorView.Rows(MATRIX, 0, 1);
        assertArrayEquals(
                new float[] {387, 388, 389, 0, 1, 2}, read(new TensorView.Stacked(List.of(last, first)), 2, 3));
    }

    @Test
    void stacksBlocksOfOneFormatAsTheyAre() {
        TensorView blocks = TensorView.whole("blocks");
        Checkpoint checkpoint = new Checkpoint(file, name -> new TensorView.Stacked(List.of(blocks, blocks)));
        assertEquals(Optional.of(WeightFormat.Q8_0), checkpoint.storedFormat("w"));
        MemorySegment read = checkpoint.read(new WeightRef("w", 8, 32, WeightFormat.Q8_0));
        assertEquals(-1, read.asSlice(136).mismatch(file.tensor("blocks").data()));
    }

    @Test
    void aMatrixThatLiesOffItsElementsIsCopied() throws IOException {
        byte[] odd = SafetensorsBytes.file(
                "{\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
                        + "\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[1,5]}}",
                new byte[] {9, 0, 0, (byte) 0x80, 0x3F});
        Path path = Files.write(folder.resolve("odd.safetensors"), odd);
        try (Checkpoint checkpoint = new Checkpoint(Safetensors.open(path), TensorMap.identity())) {
            MemorySegment read = checkpoint.read(WeightRef.vector("w", 1));
            assertEquals(0, read.address() % 4);
            assertEquals(1f, read.get(ValueLayout.JAVA_FLOAT, 0));
        }
    }

    @Test
    void refusesWhatItCannotGive() {
        refuses(
                "Quire quantizes plain weights to INT8 alone: ask for Q8_0, F32",
                () -> read("w", 4, 32, WeightFormat.Q4_0, TensorView.whole("blocks")));
        refuses(
                "holds 70000.0 at [0, 1], beyond the range of float16",
                () -> read("big", 1, 2, WeightFormat.F16, TensorView.whole("big")));
        refuses("'w' is [130, 3], not [3, 130]", () -> read("w", 3, 130, WeightFormat.F32, MATRIX));
        refuses("no tensor 'absent'", () -> read("w", 3, 130, WeightFormat.F32, TensorView.whole("absent")));
        refuses("has 130", () -> read("w", 2, 3, WeightFormat.F32, new TensorView.Rows(MATRIX, 129, 2)));
        refuses(
                "cannot be transposed",
                () -> read("w", 32, 4, WeightFormat.F32, new TensorView.Transposed(TensorView.whole("blocks"))));
        TensorView uneven = new TensorView.Stacked(List.of(MATRIX, TensorView.whole("blocks")));
        refuses("cannot be stacked", () -> read("w", 134, 3, WeightFormat.F32, uneven));
    }

    @Test
    void saysWhatIsThere() {
        Map<String, TensorView> views = Map.of("w", MATRIX, "v", TensorView.whole("absent"));
        Checkpoint checkpoint = new Checkpoint(file, views::get);
        assertTrue(checkpoint.has("w"));
        assertFalse(checkpoint.has("v"));
    }

    @Test
    void acceptsAProgramThatUsesEveryTensor() {
        List<WeightRef> all = List.of(
                new WeightRef("matrix", 130, 3, WeightFormat.BF16), new WeightRef("blocks", 4, 32, WeightFormat.Q8_0));
        new Checkpoint(file, TensorMap.identity()).check(all, "big"::equals);
    }

    @Test
    void namesAllThatIsMissingMisshapenOrLeftOver() {
        List<WeightRef> refs = List.of(new WeightRef("matrix", 3, 130, WeightFormat.F32), WeightRef.vector("norm", 4));
        WeightFormatException e = assertThrows(
                WeightFormatException.class,
                () -> new Checkpoint(file, TensorMap.identity()).check(refs, name -> false));
        assertTrue(
                e.getMessage()
                        .contains("1 missing: norm; 1 of another shape: 'matrix' is [130, 3], not [3, 130]; "
                                + "2 not used by the model: blocks, big"),
                e.getMessage());
    }

    private float[] read(TensorView view, int rows, int columns) {
        return read("w", rows, columns, WeightFormat.F32, view).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }

    private MemorySegment read(String name, int rows, int columns, WeightFormat format, TensorView view) {
        return new Checkpoint(file, asked -> view).read(new WeightRef(name, rows, columns, format));
    }

    private static void refuses(String cause, Executable reading) {
        WeightFormatException e = assertThrows(WeightFormatException.class, reading);
        assertTrue(e.getMessage().contains(cause), e.getMessage());
    }
}
