package dev.quire.core.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The tokenizer of a real, small model folder. */
class TokenizerTest {
    private static Tokenizer tokenizer;

    @BeforeAll
    static void open() throws Exception {
        tokenizer = Tokenizer.open(Texts.tinyLlama());
    }

    @Test
    void idsAndTextAreThoseOfTransformers() throws Exception {
        JsonNode golden =
                new ObjectMapper().readTree(Files.readString(Texts.tinyLlama().resolve("golden.json")));
        assertTrue(golden.path("cases").size() >= 5);
        for (JsonNode each : golden.path("cases")) {
            String text = each.path("text").asText();
            int[] ids = ints(each.path("ids"));
            assertArrayEquals(ids, tokenizer.encode(text, SpecialTokens.ADD), text);
            assertEquals(text, tokenizer.decode(ids, SpecialText.SHOW));
            String greedy = tokenizer.decode(ints(each.path("greedy")), SpecialText.SHOW);
            assertEquals(each.path("greedyText").asText(), greedy);
        }
    }

    private static int[] ints(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }

    @Test
    void anyTextComesBackFromItsIds() {
        for (long seed = 0; seed < 2000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            String text = Texts.text(random, random.nextInt(40));
            int[] ids = tokenizer.encode(text, SpecialTokens.TEXT);
            assertEquals(text, tokenizer.decode(ids, SpecialText.SKIP), "seed " + seed);
        }
    }

    @Test
    void anyIdsDecodeAsTheLibraryDecodesThem() {
        for (long seed = 0; seed < 2000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int[] ids = Texts.ids(random, tokenizer.vocabSize(), random.nextInt(30));
            assertEquals(tokenizer.decodeByLibrary(ids), tokenizer.decode(ids, SpecialText.SHOW), "seed " + seed);
        }
    }

    @Test
    void everyBrokenByteSequenceDecodesAsTheLibraryDecodesIt() {
        int[] byteIds = byteIds();
        int[] edges = {
            0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF1,
            0xF4, 0xF5
        };
        for (int combination = 0; combination < 20 * 20 * 20 * 20; combination += 3) {
            int rest = combination;
            int[] ids = new int[5];
            ids[4] = byteIds['z'];
            for (int i = 0; i < 4; i++) {
                ids[i] = byteIds[edges[rest % 20]];
                rest /= 20;
            }
            assertEquals(tokenizer.decodeByLibrary(ids), tokenizer.decode(ids, SpecialText.SHOW));
        }
    }

    private static int[] byteIds() {
        int[] out = new int[256];
        for (int id = tokenizer.vocabSize() - 1; id >= 0; id--) {
            byte[] bytes = tokenizer.bytesOf(id);
            if (bytes.length == 1) {
                out[bytes[0] & 0xFF] = id;
            }
        }
        return out;
    }

    @Test
    void bytesOfAllIdsSpellTheText() {
        String text = "Zürich, 東京 🙂<|im_end|>";
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int id : tokenizer.encode(text, SpecialTokens.PARSE)) {
            bytes.writeBytes(tokenizer.bytesOf(id));
        }
        assertEquals(text, bytes.toString(StandardCharsets.UTF_8));
    }

    @Test
    void namesOfSpecialTokensAreTokensOrTextAsAsked() {
        int[] parsed = tokenizer.encode("<|im_end|>", SpecialTokens.PARSE);
        assertArrayEquals(new int[] {2}, parsed);
        assertTrue(tokenizer.isSpecial(2));
        assertEquals("", tokenizer.decode(parsed, SpecialText.SKIP));
        assertEquals("<|im_end|>", tokenizer.decode(parsed, SpecialText.SHOW));

        int[] literal = tokenizer.encode("<|im_end|>", SpecialTokens.TEXT);
        assertTrue(IntStream.of(literal).noneMatch(tokenizer::isSpecial), Arrays.toString(literal));
        assertEquals("<|im_end|>", tokenizer.decode(literal, SpecialText.SKIP));
    }

    @Test
    void noIntIsTooOddToDecode() {
        int size = tokenizer.vocabSize();
        int[] odd = {Integer.MIN_VALUE, -1, size, size + 1, Integer.MAX_VALUE};
        assertEquals("", tokenizer.decode(odd, SpecialText.SHOW));
        for (int id : odd) {
            assertEquals("", tokenizer.piece(id));
            assertEquals("", tokenizer.text(id));
            assertEquals(0, tokenizer.bytesOf(id).length);
            assertFalse(tokenizer.isSpecial(id));
        }
    }

    @Test
    void noStringIsTooOddToEncode() {
        assertArrayEquals(new int[0], tokenizer.encode("", SpecialTokens.PARSE));
        String replaced = "a\uFFFDb\uFFFD🙂\uFFFD";
        int[] ids = tokenizer.encode("a\uD83Db\uDE42🙂\uD83D", SpecialTokens.PARSE);
        assertEquals(replaced, tokenizer.decode(ids, SpecialText.SKIP));
        String zero = "a\0b\0";
        assertEquals(zero, tokenizer.decode(tokenizer.encode(zero, SpecialTokens.PARSE), SpecialText.SKIP));
        String noncharacters = "\uFFFE\uFFFF\uDBFF\uDFFF";
        assertEquals(
                noncharacters, tokenizer.decode(tokenizer.encode(noncharacters, SpecialTokens.TEXT), SpecialText.SKIP));
    }

    @Test
    void aLongTextIsNeitherCutNorPadded() {
        String text = "The river runs to the sea. ".repeat(20_000);
        int[] ids = tokenizer.encode(text, SpecialTokens.ADD);
        assertEquals(text, tokenizer.decode(ids, SpecialText.SKIP));
    }

    @Test
    void theModelsOwnTokensAreKnown() {
        assertEquals(320, tokenizer.vocabSize());
        assertEquals(List.of(2), List.copyOf(tokenizer.eosIds()));
        assertEquals(OptionalInt.of(0), tokenizer.bosId());
        assertEquals(OptionalInt.of(1), tokenizer.idOf("<|im_start|>"));
        assertEquals(OptionalInt.empty(), tokenizer.idOf("<|no_such|>"));
        assertEquals("<|endoftext|>", tokenizer.specialTokens().get("pad_token"));
        assertTrue(tokenizer.chatTemplate().orElseThrow().contains("<|im_start|>assistant"));
    }

    @Test
    void manyThreadsShareOneTokenizer() throws Exception {
        String text = "Zürich, 東京 🙂 runs ".repeat(50);
        int[] expected = tokenizer.encode(text, SpecialTokens.PARSE);
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            Callable<Boolean> work = () -> IntStream.range(0, 100)
                    .allMatch(_ -> Arrays.equals(expected, tokenizer.encode(text, SpecialTokens.PARSE))
                            && text.equals(tokenizer.decode(expected, SpecialText.SKIP)));
            for (Future<Boolean> each : threads.invokeAll(Collections.nCopies(8, work))) {
                assertTrue(each.get());
            }
        }
    }
}
