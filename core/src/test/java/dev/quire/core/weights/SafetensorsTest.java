package dev.quire.core.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.types.WeightFormat;
import dev.quire.core.weights.format.WeightFormatException;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {
    @TempDir
    Path folder;

    @Test
    void readsNamesShapesAndValues() throws IOException {
        try (Safetensors file = Safetensors.open(write("model.safetensors", SafetensorsBytes.valid()))) {
            assertEquals(
                    List.of("a.weight", "a.norm"), List.copyOf(file.tensors().keySet()));
            Tensor weight = file.tensor("a.weight");
            assertEquals(List.of(2L, 3L), weight.shape());
            assertEquals(WeightFormat.F32, weight.format());
            assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, weight.data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED));
            assertEquals(1, file.tensor("a.norm").rows());
            assertEquals(4, file.tensor("a.norm").columns());
        }
    }

    @Test
    void aMissingTensorIsNamedWithSomeThatAreThere() throws IOException {
        try (Safetensors file = Safetensors.open(write("model.safetensors", SafetensorsBytes.valid()))) {
            WeightFormatException e = assertThrows(WeightFormatException.class, () -> file.tensor("b"));
            assertTrue(e.getMessage().contains("no tensor 'b'"), e.getMessage());
            assertTrue(e.getMessage().contains("a.weight"), e.getMessage());
        }
    }

    @Test
    void nothingIsReadableAfterClose() throws IOException {
        Safetensors file = Safetensors.open(write("model.safetensors", SafetensorsBytes.valid()));
        Tensor weight = file.tensor("a.weight");
        file.close();
        assertFalse(weight.data().scope().isAlive());
    }

    @Test
    void everyTruncationIsRefused() throws IOException {
        byte[] valid = SafetensorsBytes.valid();
        for (int length = 0; length < valid.length; length++) {
            refuses(Arrays.copyOf(valid, length), "");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[2,4],\"data_offsets\":[0,24]}}|takes 32 bytes",
                "{\"x\":{\"dtype\":\"F99\",\"shape\":[2],\"data_offsets\":[0,8]}}|unknown dtype 'F99'; known: [BF16",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}|every dimension must be at least 1",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}|every dimension must be at least 1",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,4]}}|product overflows",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904],\"data_offsets\":[0,4]}}|whole blocks",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,4]}}|not JSON that",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}|a number in 'shape'",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,4]}}|9 dimensions",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[10],\"data_offsets\":[0,40]}}|in 32 bytes of data",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}|ascending",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]}}|ascending",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4]}}|ascending",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[7],\"data_offsets\":[4,32]}}|4 bytes before tensor 'x'",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[7],\"data_offsets\":[0,28]}}|last 4 bytes belong to no tensor",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[8]}}|lacks one of",
                "{\"x\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}|given twice",
                "{\"x\":{\"strides\":[1]}}|'strides' of tensor 'x' is unknown; known: dtype",
                "{\"x\":[]}|entry 'x' is START_ARRAY",
                "[]|the header is START_ARRAY",
                "{}[]|behind the closing brace",
                "{}|last 32 bytes belong to no tensor",
                "{\"__metadata__\":{\"a\":{\"b\":{\"c\":{\"d\":{}}}}}}|not JSON that",
            })
    void refusesWhatAHeaderMustNotSay(String header, String cause) throws IOException {
        refuses(SafetensorsBytes.file(header, SafetensorsBytes.data()), cause);
    }

    @Test
    void refusesTensorsThatOverlap() throws IOException {
        String both = """
                {"x":{"dtype":"F32","shape":[6],"data_offsets":[0,24]},"y":{"dtype":"F32","shape":[3],"data_offsets":[20,32]}}""";
        refuses(SafetensorsBytes.file(both, SafetensorsBytes.data()), "tensor 'y' begins at byte");
    }

    @Test
    void refusesANameThatIsGivenTwice() throws IOException {
        String twice = """
                {"x":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},"x":{"dtype":"F32","shape":[4],"data_offsets":[16,32]}}""";
        refuses(SafetensorsBytes.file(twice, SafetensorsBytes.data()), "tensor 'x' twice");
    }

    @Test
    void readsTheShardsThatAnIndexNames() throws IOException {
        write("one.safetensors", SafetensorsBytes.valid());
        write("two.safetensors", SafetensorsBytes.valid());
        write(Safetensors.INDEX, index("a.weight", "one.safetensors", "a.norm", "two.safetensors"));
        try (Safetensors file = Safetensors.open(folder)) {
            assertEquals(Set.of("a.weight", "a.norm"), file.tensors().keySet());
            assertEquals(6, file.tensor("a.weight").data().get(ValueLayout.JAVA_FLOAT_UNALIGNED, 20));
        }
    }

    @Test
    void refusesAnIndexThatContradictsItsShards() throws IOException {
        write("one.safetensors", SafetensorsBytes.valid());
        write(Safetensors.INDEX, index("a.weight", "one.safetensors", "b", "one.safetensors"));
        refusesToOpen(folder, "one.safetensors holds tensor 'b', but it does not");
    }

    @Test
    void refusesAnIndexThatIsNoJson() throws IOException {
        write(Safetensors.INDEX, "{\"weight_map\":{\"a\":".getBytes());
        refusesToOpen(folder, "model.safetensors.index.json: it is not JSON that an index may have");
        write(Safetensors.INDEX, "{}".getBytes());
        refusesToOpen(folder, "it has no 'weight_map'");
    }

    @Test
    void refusesAnIndexWhoseShardIsMissing() throws IOException {
        write(Safetensors.INDEX, index("a.weight", "one.safetensors", "b", "two.safetensors"));
        refusesToOpen(folder, "one.safetensors: cannot be read");
    }

    @ParameterizedTest
    @CsvSource({"../one.safetensors", "/etc/passwd", "a/b.safetensors", "..safetensors", "one.bin"})
    void refusesAnIndexThatReachesElsewhere(String shard) throws IOException {
        write(Safetensors.INDEX, index("a.weight", shard, "b", "two.safetensors"));
        refusesToOpen(folder, "expected the name of a .safetensors file");
    }

    @Test
    void refusesAFolderWithoutWeights() {
        refusesToOpen(folder, "neither model.safetensors nor model.safetensors.index.json");
    }

    @Test
    void aHeaderLengthThatIsAbsurdIsRefusedBeforeItIsAllocated() throws IOException {
        byte[] file = SafetensorsBytes.valid();
        Arrays.fill(file, 0, 8, (byte) 0xFF);
        refuses(file, "18446744073709551615 bytes long");
    }

    private static byte[] index(String tensor, String shard, String other, String otherShard) {
        return """
                {"metadata":{"total_size":32},"weight_map":{"%s":"%s","%s":"%s"}}""".formatted(tensor, shard, other, otherShard).getBytes();
    }

    private void refuses(byte[] file, String cause) throws IOException {
        refusesToOpen(write("refused.safetensors", file), cause);
    }

    private void refusesToOpen(Path path, String cause) {
        WeightFormatException e = assertThrows(WeightFormatException.class, () -> Safetensors.open(path));
        assertTrue(e.getMessage().contains(cause), e.getMessage());
        assertTrue(e.getMessage().contains(path.getFileName().toString()), e.getMessage());
    }

    private Path write(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }
}
