package dev.quire.core.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.types.WeightFormat;
import dev.quire.core.weights.format.GgufMetadata;
import dev.quire.core.weights.format.WeightFormatException;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GgufTest {
    @TempDir
    Path folder;

    @Test
    void readsTensorsWithTheOutermostDimensionFirst() throws IOException {
        try (Gguf file = open(GgufBytes.valid())) {
            assertEquals(
                    List.of("blk.0.weight", "blk.1.weight", "norm.weight"),
                    List.copyOf(file.tensors().keySet()));
            Tensor weight = file.tensor("blk.0.weight");
            assertEquals(List.of(2L, 3L), weight.shape());
            assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, weight.data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED));
            assertEquals(WeightFormat.Q4_0, file.tensor("blk.1.weight").format());
            assertEquals(36, file.tensor("blk.1.weight").data().byteSize());
        }
    }

    @Test
    void readsMetadataOfEveryKind() throws IOException {
        try (Gguf file = open(GgufBytes.valid())) {
            GgufMetadata metadata = file.metadata();
            assertEquals("llama", metadata.text("general.architecture"));
            assertEquals(2, metadata.integer("llama.block_count"));
            assertEquals(10000.0, metadata.real("llama.rope.freq_base"));
            assertTrue(metadata.flag("tokenizer.ggml.add_bos_token"));
            assertEquals(List.of("<s>", "a", "é"), metadata.texts("tokenizer.ggml.tokens"));
            assertArrayEquals(new int[] {3, 1, -1}, metadata.integers("tokenizer.ggml.token_type"));
            assertArrayEquals(new double[] {0.5, -1}, metadata.reals("test.scores"));
            assertTrue(metadata.isArray("test.nested"));
            assertEquals(7, metadata.integer("absent", 7));
        }
    }

    @Test
    void aWrongMetadataTypeNamesKeyExpectedAndFound() throws IOException {
        try (Gguf file = open(GgufBytes.valid())) {
            GgufMetadata metadata = file.metadata();
            refuses(
                    "'general.architecture' is of type string; expected integer",
                    () -> metadata.integer("general.architecture"));
            refuses(
                    "'tokenizer.ggml.tokens' is of type array of 3 string; expected array of integer",
                    () -> metadata.integers("tokenizer.ggml.tokens"));
            refuses(
                    "'test.nested' is of type array of 2 array; expected array of string",
                    () -> metadata.texts("test.nested"));
            refuses("'test.large' is 18446744073709551615", () -> metadata.integer("test.large"));
            refuses(
                    "'absent' is missing; the file has 9 other keys: 'general.architecture'",
                    () -> metadata.text("absent"));
        }
    }

    @Test
    void everyTruncationIsRefused() throws IOException {
        byte[] valid = GgufBytes.valid();
        for (int length = 0; length < valid.length; length++) {
            byte[] cut = Arrays.copyOf(valid, length);
            refuses("", () -> open(cut).close());
        }
    }

    @Test
    void refusesOtherFormatsVersionsAndByteOrders() {
        refusesFile("not a GGUF file", new GgufBytes().raw("GGML".getBytes()).zeros(64));
        refusesFile("GGUF version 1;", one().header(1, 1, 0).zeros(64));
        refusesFile("big-endian", one().header(0x03000000, 1, 0).zeros(64));
    }

    @Test
    void refusesCountsThatTheFileCannotHold() {
        refusesFile("18446744073709551615 tensors", one().header(3, -1, 0));
        refusesFile("100000 tensors, but only", one().header(3, 100000, 0).zeros(64));
        refusesFile(
                "9223372036854775807 metadata pairs",
                one().header(3, 1, Long.MAX_VALUE).zeros(64));
        refusesFile("60000 metadata pairs, but only", one().header(3, 1, 60000).zeros(64));
        refusesFile("has no tensors", one().header(3, 0, 0));
        refusesFile(
                "4000000 elements of metadata 'k', but only",
                one().header(3, 1, 1)
                        .key("k", GgufBytes.ARRAY)
                        .int32(GgufBytes.STRING)
                        .int64(4000000)
                        .zeros(64));
        refusesFile(
                "bytes of metadata 'k'",
                one().header(3, 1, 1).key("k", GgufBytes.STRING).int64(1 << 30).zeros(64));
    }

    @Test
    void refusesMetadataThatMakesNoSense() {
        refusesFile("'k' has type 99", one().header(3, 1, 1).key("k", 99).zeros(64));
        refusesFile(
                "truth value 2",
                one().header(3, 1, 1).key("k", GgufBytes.BOOL).int8(2).zeros(64));
        GgufBytes twice = one().header(3, 1, 2).key("k", GgufBytes.UINT32).int32(1);
        refusesFile(
                "'k' is given twice", twice.key("k", GgufBytes.UINT32).int32(1).zeros(64));
        GgufBytes deep = one().header(3, 1, 1).key("k", GgufBytes.ARRAY);
        for (int i = 0; i < 10; i++) {
            deep.int32(GgufBytes.ARRAY).int64(1);
        }
        refusesFile("more than 4 deep", deep.zeros(64));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 24, 1 << 21})
    void refusesAlignmentsThatAreNone(int alignment) {
        GgufBytes file =
                one().header(3, 1, 1).key("general.alignment", GgufBytes.UINT32).int32(alignment);
        refusesFile(
                "'general.alignment' is " + alignment, file.tensor("t", 0, 0, 1).zeros(64));
    }

    @Test
    void refusesTensorsThatCannotBe() {
        refusesTensor("type 4,", "t", 4, 0, 32);
        refusesTensor("type 4294967295,", "t", -1, 0, 32);
        refusesTensor("offset 8; expected a multiple of 32", "t", 0, 8, 2);
        refusesTensor("offset 18446744073709551584", "t", 0, -32, 2);
        refusesTensor("the file ends at byte", "t", 0, 64, 2);
        refusesTensor("the file ends at byte", "t", 0, 0, 100);
        refusesTensor("every dimension must be at least 1", "t", 0, 0, 0);
        refusesTensor("every dimension must be at least 1", "t", 0, 0, -1);
        refusesTensor("product overflows", "t", 0, 0, 1L << 32, 1L << 32);
        refusesTensor("does not fill whole blocks", "t", 0, 0, 1L << 62);
        refusesTensor("rows of 16 elements, which do not fill blocks of 32 in type Q4_0", "t", 2, 0, 16, 2);
        refusesTensor("0 dimensions", "t", 0, 0);
        refusesTensor("5 dimensions", "t", 0, 0, 1, 1, 1, 1, 1);
    }

    @Test
    void refusesTensorsThatOverlapAndNamesThatRepeat() {
        GgufBytes overlapping = one().header(3, 2, 0).tensor("a", 0, 0, 16).tensor("b", 0, 32, 4);
        refusesFile("tensor 'b' begins at byte", overlapping.pad().zeros(64));
        GgufBytes twice = one().header(3, 2, 0).tensor("a", 0, 0, 4).tensor("a", 0, 32, 4);
        refusesFile("tensor 'a' twice", twice.pad().zeros(64));
    }

    @Test
    void refusesOnePartOfSeveral() {
        GgufBytes part = one().header(3, 1, 1)
                .key("split.count", 2)
                .raw(new byte[] {3, 0})
                .tensor("t", 0, 0, 4);
        refusesFile("one of 3 parts", part.pad().zeros(64));
    }

    private static GgufBytes one() {
        return new GgufBytes();
    }

    private void refusesTensor(String cause, String name, int type, long offset, long... shape) {
        refusesFile(
                cause,
                one().header(3, 1, 0).tensor(name, type, offset, shape).pad().zeros(32));
    }

    private void refusesFile(String cause, GgufBytes file) {
        refuses(cause, () -> open(file.toArray()).close());
    }

    private static void refuses(String cause, Executable reading) {
        WeightFormatException e = assertThrows(WeightFormatException.class, reading);
        assertTrue(e.getMessage().contains(cause), e.getMessage());
        assertTrue(e.getMessage().contains("model.gguf"), e.getMessage());
    }

    private Gguf open(byte[] bytes) throws IOException {
        return Gguf.open(Files.write(folder.resolve("model.gguf"), bytes));
    }
}
