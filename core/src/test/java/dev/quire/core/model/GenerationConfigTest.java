package dev.quire.core.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerationConfigTest {
    @TempDir
    private Path folder;

    private GenerationConfig read(String json) throws IOException {
        Files.writeString(folder.resolve("generation_config.json"), json);
        return GenerationConfig.read(folder);
    }

    @Test
    void aFolderWithoutTheFileRecommendsNothing() throws IOException {
        assertEquals(GenerationConfig.NONE, GenerationConfig.read(folder));
    }

    @Test
    void everyRecommendationIsRead() throws IOException {
        GenerationConfig config = read("""
                {"do_sample": true, "temperature": 0.6, "top_k": 20, "top_p": 0.95, "min_p": 0, "repetition_penalty": 1.05,
                 "max_new_tokens": 2048, "bos_token_id": 1, "pad_token_id": 0, "eos_token_id": [2, 7], "transformers_version": "5"}
                """);
        assertEquals(
                new GenerationConfig(
                        OptionalDouble.of(0.6),
                        OptionalInt.of(20),
                        OptionalDouble.of(0.95),
                        OptionalDouble.of(0),
                        OptionalDouble.of(1.05),
                        OptionalInt.of(2048),
                        OptionalInt.of(1),
                        OptionalInt.of(0),
                        List.of(2, 7)),
                config);
    }

    @Test
    void oneEndTokenIsAListOfOneAndNullIsNothing() throws IOException {
        assertEquals(List.of(2), read("{\"eos_token_id\": 2}").eosTokenIds());
        assertEquals(GenerationConfig.NONE, read("{\"eos_token_id\": null, \"temperature\": null}"));
    }

    @Test
    void aBrokenFileIsNamed() {
        for (String broken : List.of("{", "[]", "")) {
            var error = assertThrows(IOException.class, () -> read(broken));
            assertTrue(error.getMessage().contains("generation_config.json"), error.getMessage());
        }
    }
}
