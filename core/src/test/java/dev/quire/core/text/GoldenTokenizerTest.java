package dev.quire.core.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quire.core.testing.Gemma3;
import dev.quire.core.testing.SmolLm2;
import dev.quire.core.weights.Gguf;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real tokenizers, from either kind of file, give the ids and the text that Transformers gives. */
class GoldenTokenizerTest {
    private static final String FOLDER = "/golden/tokenizer/";
    private static final int CASES = 278;

    @TempDir
    Path temporary;

    /**
     * A text and its tokens.
     *
     * @param sentencepiece ids of the sentencepiece library where they differ from {@code ids}; else empty
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Case(String text, int[] ids, String decoded, int[] sentencepiece) {
        int[] scoredIds() {
            return sentencepiece == null ? ids : sentencepiece;
        }
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Golden(List<Case> cases) {}

    @Test
    void theTokenizerJsonOfSmolLm2IsReadAsTransformersReadsIt() throws IOException {
        try (InputStream in = new GZIPInputStream(resource("smollm2.tokenizer.json.gz"))) {
            Files.copy(in, temporary.resolve("tokenizer.json"));
        }
        assertGolden(golden("smollm2.json"), Tokenizer.open(temporary));
    }

    @Test
    void theMetadataOfSmolLm2IsReadAsTransformersReadsIt() throws IOException {
        assertGolden(golden("smollm2.json"), ofGguf(SmolLm2.file()));
    }

    @Test
    void theMetadataOfGemma3IsReadAsSentencePieceReadsIt() throws IOException {
        assertGolden(golden("gemma3.json"), ofGguf(Gemma3.file()));
    }

    private static void assertGolden(List<Case> cases, Tokenizer tokenizer) {
        assertEquals(CASES, cases.size());
        for (Case golden : cases) {
            assertArrayEquals(
                    golden.scoredIds(),
                    tokenizer.encode(golden.text(), SpecialTokens.PARSE),
                    () -> "text '" + golden.text() + "'");
            assertEquals(
                    golden.decoded(),
                    tokenizer.decode(golden.ids(), SpecialText.SHOW),
                    () -> Arrays.toString(golden.ids()));
        }
    }

    private static Tokenizer ofGguf(Path path) {
        try (Gguf file = Gguf.open(path)) {
            return Tokenizer.ofGguf(file.metadata().plain("tokenizer."));
        }
    }

    private static List<Case> golden(String name) throws IOException {
        try (InputStream in = resource(name)) {
            return new ObjectMapper().readValue(in, Golden.class).cases();
        }
    }

    private static InputStream resource(String name) {
        return GoldenTokenizerTest.class.getResourceAsStream(FOLDER + name);
    }
}
