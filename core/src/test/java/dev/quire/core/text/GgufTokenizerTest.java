package dev.quire.core.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A byte-level tokenizer rebuilt from GGUF metadata is the one that the model came with. */
class GgufTokenizerTest {
    private final Map<String, Object> metadata = new HashMap<>();

    @BeforeEach
    void metadataOfTinyLlama() throws Exception {
        JsonNode model = new ObjectMapper()
                .readTree(Files.readString(Texts.tinyLlama().resolve("tokenizer.json")))
                .path("model");
        String[] tokens = new String[320];
        model.path("vocab")
                .properties()
                .forEach(piece -> tokens[piece.getValue().asInt()] = piece.getKey());
        int[] types = new int[320];
        for (int id = 0; id < types.length; id++) {
            types[id] = id < 3 ? 3 : 1;
        }
        List<String> merges = new ArrayList<>();
        model.path("merges")
                .forEach(pair ->
                        merges.add(pair.get(0).asText() + " " + pair.get(1).asText()));
        metadata.put("tokenizer.ggml.model", "gpt2");
        metadata.put("tokenizer.ggml.pre", "smollm");
        metadata.put("tokenizer.ggml.tokens", tokens);
        metadata.put("tokenizer.ggml.token_type", types);
        metadata.put("tokenizer.ggml.merges", merges);
        metadata.put("tokenizer.ggml.bos_token_id", 0);
        metadata.put("tokenizer.ggml.eos_token_id", 2L);
        metadata.put("tokenizer.chat_template", "chat");
        metadata.put("tokenizer.chat_template.tool_use", "tools");
    }

    @Test
    void idsAreThoseOfTheFolder() throws Exception {
        Tokenizer folder = Tokenizer.open(Texts.tinyLlama());
        Tokenizer rebuilt = Tokenizer.ofGguf(metadata);
        for (long seed = 0; seed < 1000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            String text = Texts.text(random, random.nextInt(60)) + " the <|im_end|>\n\n  2026 don't";
            int[] ids = folder.encode(text, SpecialTokens.PARSE);
            assertArrayEquals(ids, rebuilt.encode(text, SpecialTokens.PARSE), "seed " + seed);
            assertEquals(text, rebuilt.decode(ids, SpecialText.SHOW), "seed " + seed);
        }
        assertEquals(List.of(2), List.copyOf(rebuilt.eosIds()));
        assertEquals(OptionalInt.of(0), rebuilt.bosId());
        assertEquals(Map.of("default", "chat", "tool_use", "tools"), rebuilt.chatTemplates());
    }

    @Test
    void begunAndEndedWithTokensAsTheFileSays() {
        metadata.put("tokenizer.ggml.add_bos_token", true);
        metadata.put("tokenizer.ggml.add_eos_token", true);
        Tokenizer tokenizer = Tokenizer.ofGguf(metadata);
        int[] ids = tokenizer.encode("the", SpecialTokens.ADD);
        assertEquals(0, ids[0]);
        assertEquals(2, ids[ids.length - 1]);
        assertArrayEquals(ids, tokenizer.encode("<|endoftext|>the<|im_end|>", SpecialTokens.PARSE));
    }

    /** The vocabulary merges any run of ones up to seven, so that the ids show where the text was cut. */
    @ParameterizedTest
    @CsvSource({
        "gpt-2, 7 ones",
        "default, 3-3-1",
        "falcon, 3-3-1",
        "smollm, 1-1-1-1-1-1-1",
        "starcoder, 1-1-1-1-1-1-1",
        "refact, 1-1-1-1-1-1-1",
        "command-r, 1-1-1-1-1-1-1",
        "llama-bpe, 3-3-1",
        "llama3, 3-3-1",
        "dbrx, 3-3-1",
        "qwen2, 1-1-1-1-1-1-1",
        "stablelm2, 1-1-1-1-1-1-1",
        "qwen35, 1-1-1-1-1-1-1",
        "deepseek-llm, 7 ones",
        "deepseek-coder, 1-1-1-1-1-1-1",
        "deepseek-v3, 3-3-1",
        "deepseek-r1-qwen, 1-1-1-1-1-1-1",
        "tekken, 1-1-1-1-1-1-1",
        "gpt-4o, 3-3-1",
        "bloom, 7 ones",
        "viking, 1-1-1-1-1-1-1",
        "bailingmoe, 1-1-1-1-1-1-1",
        "seed-coder, 1-1-1-1-1-1-1"
    })
    void digitsAreCutAsTheModelsNameSays(String pre, String cuts) {
        Tokenizer tokenizer = withRunsOfOnes(pre);
        List<String> lengths = new ArrayList<>();
        for (int id : tokenizer.encode("1111111", SpecialTokens.PARSE)) {
            lengths.add(Integer.toString(tokenizer.piece(id).length()));
        }
        assertEquals(cuts.equals("7 ones") ? "7" : cuts, String.join("-", lengths));
    }

    private Tokenizer withRunsOfOnes(String pre) {
        metadata.put("tokenizer.ggml.pre", pre);
        List<String> tokens = new ArrayList<>(List.of((String[]) metadata.get("tokenizer.ggml.tokens")));
        List<String> merges = new ArrayList<>();
        for (int length = 7; length >= 2; length--) {
            tokens.add("1".repeat(length));
            merges.add("1".repeat(length - 1) + " 1");
        }
        metadata.put("tokenizer.ggml.tokens", tokens);
        metadata.put("tokenizer.ggml.merges", merges);
        metadata.remove("tokenizer.ggml.token_type");
        return Tokenizer.ofGguf(metadata);
    }

    @Test
    void everyKnownPreTokenizerKeepsEveryCharacter() {
        String known = assertThrows(TokenizerException.class, () -> withRunsOfOnes("unheard-of"))
                .getMessage();
        assertTrue(known.contains("'unheard-of'") && known.contains("llama-bpe"), known);
        String[] names = known.substring(known.indexOf("Known: ") + 7, known.indexOf(". Serve"))
                .split(", ");
        assertTrue(names.length >= 50, known);
        for (String name : names) {
            metadata.put("tokenizer.ggml.pre", name);
            Tokenizer tokenizer = Tokenizer.ofGguf(metadata);
            for (long seed = 0; seed < 50; seed++) {
                SplittableRandom random = new SplittableRandom(seed);
                String text = Normalizer.normalize(Texts.text(random, 40), Normalizer.Form.NFC);
                int[] ids = tokenizer.encode(text, SpecialTokens.PARSE);
                assertEquals(text, tokenizer.decode(ids, SpecialText.SHOW), name + " seed " + seed);
            }
        }
    }

    @Test
    void faultsAreNamedWithTheirKey() {
        refuses("tokenizer.ggml.model", "rwkv", "of kind 'rwkv'");
        refuses("tokenizer.ggml.tokens", List.of("a", "a"), "both 'a'");
        refuses("tokenizer.ggml.tokens", "a", "tokenizer.ggml.tokens must be an array");
        refuses("tokenizer.ggml.tokens", List.of(1), "tokenizer.ggml.tokens must be an array of strings");
        refuses("tokenizer.ggml.token_type", new int[] {1}, "320 tokens and 1 token types");
        refuses("tokenizer.ggml.merges", List.of("ab"), "merge 'ab'");
        refuses("tokenizer.ggml.merges", null, "no tokenizer.ggml.merges");
        refuses("tokenizer.ggml.eos_token_id", 320, "tokenizer.ggml.eos_token_id is 320");
        refuses("tokenizer.ggml.eos_token_id", "2", "tokenizer.ggml.eos_token_id must be a number");
    }

    private void refuses(String key, Object value, String expected) {
        Map<String, Object> faulty = new HashMap<>(metadata);
        faulty.put(key, value);
        if (key.endsWith("tokens")) {
            faulty.put("tokenizer.ggml.token_type", new int[] {1, 1});
        }
        var error = assertThrows(TokenizerException.class, () -> Tokenizer.ofGguf(faulty));
        assertTrue(error.getMessage().contains(expected), error.getMessage());
    }
}
