package dev.quire.core.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files around tokenizer.json, in the forms in which models carry them. */
class TokenizerFolderTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void copyTokenizer() throws Exception {
        Files.copy(Texts.tinyLlama().resolve("tokenizer.json"), folder.resolve("tokenizer.json"));
    }

    private void write(String name, String text) throws IOException {
        Files.createDirectories(folder.resolve(name).getParent());
        Files.writeString(folder.resolve(name), text);
    }

    @Test
    void tokenizerJsonAloneIsEnough() throws IOException {
        Tokenizer tokenizer = Tokenizer.open(folder);
        assertEquals(320, tokenizer.vocabSize());
        assertEquals(OptionalInt.empty(), tokenizer.bosId());
        assertTrue(tokenizer.eosIds().isEmpty());
        assertEquals(Optional.empty(), tokenizer.chatTemplate());
        assertTrue(tokenizer.isSpecial(1));
    }

    @Test
    void everyEndTokenEnds() throws IOException {
        write("tokenizer_config.json", "{\"eos_token\": {\"content\": \"<|im_end|>\"}}");
        write("generation_config.json", "{\"eos_token_id\": [2, 0]}");
        assertEquals(List.of(2, 0), List.copyOf(Tokenizer.open(folder).eosIds()));
    }

    @Test
    void theModelsConfigNamesTheEndTokenWhereNoOtherFileDoes() throws IOException {
        write("config.json", "{\"eos_token_id\": 2}");
        assertEquals(List.of(2), List.copyOf(Tokenizer.open(folder).eosIds()));
    }

    @Test
    void theSpecialTokensMapFillsWhatTheConfigLeavesOut() throws IOException {
        write("tokenizer_config.json", "{\"bos_token\": \"<|im_start|>\", \"eos_token\": null}");
        write(
                "special_tokens_map.json",
                "{\"bos_token\": \"<|endoftext|>\", \"pad_token\": {\"content\": \"<|endoftext|>\"}}");
        Tokenizer tokenizer = Tokenizer.open(folder);
        assertEquals(Map.of("bos_token", "<|im_start|>", "pad_token", "<|endoftext|>"), tokenizer.specialTokens());
        assertEquals(OptionalInt.of(1), tokenizer.bosId());
    }

    @Test
    void aTemplateMayBeAStringAListOrFiles() throws IOException {
        write("tokenizer_config.json", "{\"chat_template\": \"one\"}");
        assertEquals(Optional.of("one"), Tokenizer.open(folder).chatTemplate());

        write("tokenizer_config.json", """
                {"chat_template": [{"name": "default", "template": "two"}, {"name": "tool_use", "template": "tools"}]}
                """);
        assertEquals(
                Map.of("default", "two", "tool_use", "tools"),
                Tokenizer.open(folder).chatTemplates());

        write("chat_template.jinja", "three\n");
        write("additional_chat_templates/rag.jinja", "search");
        assertEquals(
                Map.of("default", "three\n", "tool_use", "tools", "rag", "search"),
                Tokenizer.open(folder).chatTemplates());
    }

    @Test
    void tokensThatOnlyTheConfigListsAreAdded() throws IOException {
        write("tokenizer_config.json", """
                {"added_tokens_decoder": {
                  "321": {"content": "<think>", "special": false, "normalized": false, "lstrip": false, "rstrip": false, "single_word": false},
                  "320": {"content": "<|pad|>", "special": true, "normalized": false, "lstrip": false, "rstrip": false, "single_word": false},
                  "2": {"content": "<|im_end|>", "special": true, "normalized": false, "lstrip": false, "rstrip": false, "single_word": false}}}
                """);
        Tokenizer tokenizer = Tokenizer.open(folder);
        assertEquals(322, tokenizer.vocabSize());
        assertArrayEquals(new int[] {321, 320, 2}, tokenizer.encode("<think><|pad|><|im_end|>", SpecialTokens.PARSE));
        assertEquals("<think>", tokenizer.decode(new int[] {321, 320, 2}, SpecialText.SKIP));
        // Special names as text must not move the ids of the tokens that stay.
        int[] literal = tokenizer.encode("<|pad|><think>", SpecialTokens.TEXT);
        assertEquals(321, literal[literal.length - 1]);
        assertTrue(literal.length > 2);
    }

    @Test
    void aTokenThatOnlyTheConfigCallsSpecialIsSkipped() throws IOException {
        write("tokenizer_config.json", "{\"pad_token\": \"a\", \"additional_special_tokens\": [\"b\"]}");
        Tokenizer tokenizer = Tokenizer.open(folder);
        assertEquals("c", tokenizer.decode(tokenizer.encode("abc", SpecialTokens.PARSE), SpecialText.SKIP));
    }

    @Test
    void truncationAndPaddingThatTheFileAsksForAreLeftOut() throws IOException {
        String asks = """
                "truncation":{"direction":"Right","max_length":4,"strategy":"LongestFirst","stride":0},
                "padding":{"strategy":{"Fixed":16},"direction":"Right","pad_to_multiple_of":null,"pad_id":0,"pad_type_id":0,"pad_token":"x"},
                """;
        String json = Files.readString(folder.resolve("tokenizer.json"));
        String asking = json.replaceFirst("\"truncation\"\\s*:\\s*null\\s*,\\s*\"padding\"\\s*:\\s*null\\s*,", asks);
        assertTrue(asking.length() > json.length());
        int[] expected = Tokenizer.open(folder).encode("The river runs", SpecialTokens.ADD);
        write("tokenizer.json", asking);
        assertArrayEquals(expected, Tokenizer.open(folder).encode("The river runs", SpecialTokens.ADD));
    }

    @Test
    void aMissingTokenizerIsNamedWithItsFix() throws IOException {
        Files.delete(folder.resolve("tokenizer.json"));
        var error = assertThrows(TokenizerException.class, () -> Tokenizer.open(folder));
        assertTrue(error.getMessage().startsWith("No tokenizer.json in " + folder), error.getMessage());
    }

    @Test
    void brokenFilesAreNamed() throws IOException {
        write("tokenizer_config.json", "{\"bos_token\":");
        var config = assertThrows(TokenizerException.class, () -> Tokenizer.open(folder));
        assertTrue(config.getMessage().contains("tokenizer_config.json is not JSON"), config.getMessage());
        Files.delete(folder.resolve("tokenizer_config.json"));
        for (String broken :
                List.of("", "[]", "{\"model\":", "{\"model\":{\"vocab\":{\"a\":\"x\"}}}", "{\"model\":7}", "{}")) {
            write("tokenizer.json", broken);
            var error = assertThrows(TokenizerException.class, () -> Tokenizer.open(folder), broken);
            assertTrue(error.getMessage().contains("tokenizer.json"), error.getMessage());
        }
        write("tokenizer.json", "{\"version\":\"1.0\",\"model\":{\"type\":\"Unheard\",\"vocab\":{\"a\":0}}}");
        assertThrows(TokenizerException.class, () -> Tokenizer.open(folder));
    }
}
