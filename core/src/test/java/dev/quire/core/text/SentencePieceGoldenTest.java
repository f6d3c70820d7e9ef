package dev.quire.core.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A tokenizer rebuilt from pieces and scores does what the sentencepiece library does. */
class SentencePieceGoldenTest {
    @ParameterizedTest
    @ValueSource(strings = {"prefix", "plain"})
    void idsAreTheLibrarys(String name) throws IOException {
        JsonNode golden = golden(name);
        Tokenizer tokenizer = tokenizer(golden);
        assertTrue(golden.path("cases").size() >= 90);
        for (JsonNode each : golden.path("cases")) {
            String text = each.path("text").asText();
            assertArrayEquals(ids(each), tokenizer.encode(text, SpecialTokens.PARSE), () -> "text '" + text + "'");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"prefix", "plain"})
    void decodedTextIsTheLibrarys(String name) throws IOException {
        JsonNode golden = golden(name);
        Tokenizer tokenizer = tokenizer(golden);
        for (JsonNode each : golden.path("cases")) {
            String decoded = tokenizer.decode(ids(each), SpecialText.SKIP);
            assertEquals(each.path("decoded").asText(), decoded, () -> Arrays.toString(ids(each)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"prefix", "plain"})
    void aBeginTokenComesFirstWhereTheModelWantsOne(String name) throws IOException {
        Tokenizer tokenizer = tokenizer(golden(name));
        int[] bare = tokenizer.encode("The river", SpecialTokens.PARSE);
        int[] added = tokenizer.encode("The river", SpecialTokens.ADD);
        assertEquals(1, added[0]);
        assertArrayEquals(bare, Arrays.copyOfRange(added, 1, added.length));
        assertEquals("The river", tokenizer.decode(added, SpecialText.SKIP));
    }

    static JsonNode golden(String name) throws IOException {
        String path = "/golden/sentencepiece/" + name + ".json";
        try (InputStream in = SentencePieceGoldenTest.class.getResourceAsStream(path)) {
            return new ObjectMapper().readTree(in);
        }
    }

    static Tokenizer tokenizer(JsonNode golden) {
        String ggml = "tokenizer.ggml.";
        return Tokenizer.ofGguf(Map.of(
                ggml + "model",
                "llama",
                ggml + "tokens",
                texts(golden.path("tokens")),
                ggml + "scores",
                reals(golden.path("scores")),
                ggml + "token_type",
                ints(golden.path("token_type")),
                ggml + "add_space_prefix",
                golden.path("add_space_prefix").asBoolean(),
                ggml + "unknown_token_id",
                0,
                ggml + "bos_token_id",
                1,
                ggml + "eos_token_id",
                2));
    }

    private static int[] ids(JsonNode golden) {
        return ints(golden.path("ids"));
    }

    private static String[] texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asText)
                .toArray(String[]::new);
    }

    private static int[] ints(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }

    private static float[] reals(JsonNode array) {
        float[] out = new float[array.size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) array.get(i).asDouble();
        }
        return out;
    }
}
