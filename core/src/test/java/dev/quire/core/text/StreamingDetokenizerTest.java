package dev.quire.core.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.core.text.DetokenizerOptions.Spacing;
import dev.quire.core.text.DetokenizerOptions.Start;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A stream of tokens and the whole of them give one text. */
class StreamingDetokenizerTest {
    private static final DetokenizerOptions BEGINNING = DetokenizerOptions.DEFAULTS.with(Start.BEGINNING);
    private static final String ADDED = """
            {"id":%d,"content":"%s","special":true,"normalized":false,"single_word":false,"lstrip":false,"rstrip":false}""";
    private static final String WORD_PIECE = """
            {"version":"1.0","added_tokens":[%s,%s],"normalizer":null,"pre_tokenizer":{"type":"BertPreTokenizer"},
             "post_processor":null,"decoder":{"type":"WordPiece","prefix":"##","cleanup":false},
             "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":100,
              "vocab":{"[UNK]":0,"[SEP]":1,"the":2,"river":3,"run":4,"##s":5,"##ning":6,"é":7,"##é":8}}}
            """.formatted(ADDED.formatted(0, "[UNK]"), ADDED.formatted(1, "[SEP]"));
    private static final String METASPACE = """
            {"version":"1.0","added_tokens":[%s],"normalizer":null,
             "pre_tokenizer":{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true},"post_processor":null,
             "decoder":{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true},
             "model":{"type":"Unigram","unk_id":0,"byte_fallback":false,
              "vocab":[["<unk>",0],["▁the",-1],["▁river",-1.5],["▁run",-2],["s",-3],["▁",-4],["é",-5],["東京",-6]]}}
            """.formatted(ADDED.formatted(0, "<unk>"));

    static Stream<Arguments> tokenizers() throws Exception {
        return Stream.of(
                Arguments.argumentSet("byte-level", Tokenizer.open(Texts.tinyLlama())),
                Arguments.argumentSet("byte fallback with a prefix space", sentencePiece("prefix")),
                Arguments.argumentSet("byte fallback", sentencePiece("plain")),
                Arguments.argumentSet("WordPiece", of(WORD_PIECE)),
                Arguments.argumentSet("Metaspace", of(METASPACE)));
    }

    private static Tokenizer sentencePiece(String name) throws Exception {
        return SentencePieceGoldenTest.tokenizer(SentencePieceGoldenTest.golden(name));
    }

    private static Tokenizer of(String document) {
        return new Tokenizer(
                TokenizerDocument.parse(document, "test"),
                new TokenizerSettings(Map.of(), List.of(), List.of(), Map.of()));
    }

    @ParameterizedTest
    @MethodSource("tokenizers")
    void joinedPiecesAreTheWholeText(Tokenizer tokenizer) {
        for (long seed = 0; seed < 1000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int[] ids = Texts.ids(random, tokenizer.vocabSize(), random.nextInt(30));
            SpecialText special = random.nextBoolean() ? SpecialText.SHOW : SpecialText.SKIP;
            StreamingDetokenizer stream = tokenizer.detokenizer(BEGINNING.with(special));
            StringBuilder joined = new StringBuilder();
            for (int id : ids) {
                joined.append(whole(stream.push(id)));
            }
            joined.append(whole(stream.finish()));
            assertEquals(tokenizer.decode(ids, special), joined.toString(), "seed " + seed);
        }
    }

    private static String whole(String piece) {
        assertTrue(
                piece.isEmpty()
                        || !Character.isHighSurrogate(piece.charAt(piece.length() - 1))
                                && !Character.isLowSurrogate(piece.charAt(0)),
                () -> "a piece within a character: " + piece);
        return piece;
    }

    @ParameterizedTest
    @MethodSource("tokenizers")
    void textComesBackWholeAndWithoutDelay(Tokenizer tokenizer) {
        String text = "the river runs the rivers é";
        StreamingDetokenizer stream = tokenizer.detokenizer(BEGINNING);
        StringBuilder joined = new StringBuilder();
        for (int id : tokenizer.encode(text, SpecialTokens.PARSE)) {
            joined.append(stream.push(id));
        }
        assertEquals(text, joined.toString());
        assertEquals("", stream.finish());
    }

    @ParameterizedTest
    @MethodSource("tokenizers")
    void aContinuationGoesOnWhereThePromptEnded(Tokenizer tokenizer) {
        int[] ids = tokenizer.encode("the river runs", SpecialTokens.PARSE);
        for (int cut = 1; cut < ids.length; cut++) {
            StreamingDetokenizer head = tokenizer.detokenizer(BEGINNING);
            StreamingDetokenizer tail = tokenizer.detokenizer(DetokenizerOptions.DEFAULTS);
            StringBuilder joined = new StringBuilder();
            for (int i = 0; i < ids.length; i++) {
                joined.append((i < cut ? head : tail).push(ids[i]));
            }
            assertEquals("the river runs", joined.toString(), "cut " + cut);
        }
    }

    @Test
    void aCharacterInPiecesWaitsForItsLastByte() throws Exception {
        Tokenizer tokenizer = Tokenizer.open(Texts.tinyLlama());
        int[] ids = tokenizer.encode("🙂", SpecialTokens.PARSE);
        assertEquals(4, ids.length);
        StreamingDetokenizer stream = tokenizer.detokenizer(DetokenizerOptions.DEFAULTS);
        for (int i = 0; i < 3; i++) {
            assertEquals("", stream.push(ids[i]));
        }
        assertEquals("🙂", stream.push(ids[3]));
        assertEquals("", stream.finish());
        stream.push(ids[0]);
        stream.push(ids[1]);
        assertEquals("\uFFFD", stream.finish());
    }

    @Test
    void byteFallbackKeepsTheWholeCharactersOfABrokenRun() throws Exception {
        Tokenizer tokenizer = sentencePiece("plain");
        StringBuilder joined = new StringBuilder();
        StreamingDetokenizer stream = tokenizer.detokenizer(DetokenizerOptions.DEFAULTS);
        for (byte b : "é한".getBytes(StandardCharsets.UTF_8)) {
            joined.append(
                    stream.push(tokenizer.idOf("<0x%02X>".formatted(b & 0xFF)).orElseThrow()));
        }
        joined.append(stream.push(tokenizer.idOf("<0xE2>").orElseThrow()));
        joined.append(stream.push(tokenizer.idOf("<0x82>").orElseThrow()));
        joined.append(stream.finish());
        assertEquals("é한\uFFFD\uFFFD", joined.toString());
    }

    @Test
    void neighbouringSpecialTokensStandApartOnlyIfAsked() {
        Tokenizer tokenizer = of(WORD_PIECE);
        DetokenizerOptions shown = BEGINNING.with(SpecialText.SHOW);
        assertEquals("the [SEP] [SEP] river", join(tokenizer.detokenizer(shown), 2, 1, 1, 3));
        assertEquals("the [SEP][SEP] river", join(tokenizer.detokenizer(shown.with(Spacing.NONE)), 2, 1, 1, 3));
    }

    @Test
    void tokensWithoutTextDoNotPileUp() {
        Tokenizer tokenizer = of(METASPACE);
        StreamingDetokenizer stream = tokenizer.detokenizer(BEGINNING);
        for (int i = 0; i < 100_000; i++) {
            assertEquals("", stream.push(i % 2 == 0 ? 1_000_000 : -i));
        }
        assertFalse(stream.push(1).isEmpty());
    }

    private static String join(StreamingDetokenizer stream, int... ids) {
        StringBuilder out = new StringBuilder();
        for (int id : ids) {
            out.append(stream.push(id));
        }
        return out.append(stream.finish()).toString();
    }
}
