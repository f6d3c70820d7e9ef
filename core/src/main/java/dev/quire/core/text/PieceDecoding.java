package dev.quire.core.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** How pieces of the vocabulary become text: the {@code decoder} of a {@code tokenizer.json}, where it works piece by piece. */
sealed interface PieceDecoding {
    /** SentencePiece's mark for a space, U+2581. */
    String SPACE = "\u2581";

    /** Every piece spells bytes; the text is the UTF-8 of all bytes. */
    record ByteLevel() implements PieceDecoding {}

    /**
     * SentencePiece with byte fallback: U+2581 is a space, {@code <0xE2>} is a byte.
     *
     * @param stripsFirstSpace whether one space at the very beginning of a text is dropped
     */
    record ByteFallback(boolean stripsFirstSpace) implements PieceDecoding {}

    /** A decoder that looks at neighbours; the library decodes. */
    record Library() implements PieceDecoding {}

    /** The decoding that a document's {@code decoder} asks for. */
    static PieceDecoding of(JsonNode decoder) {
        if (decoder.path("type").asText().equals("ByteLevel")) {
            return new ByteLevel();
        }
        List<String> steps = new ArrayList<>();
        decoder.path("decoders").forEach(step -> steps.add(describe(step)));
        List<String> fallback = List.of("Replace", "ByteFallback", "Fuse");
        if (steps.equals(fallback)) {
            return new ByteFallback(false);
        }
        if (steps.size() == 4
                && steps.subList(0, 3).equals(fallback)
                && steps.get(3).equals("Strip")) {
            return new ByteFallback(true);
        }
        return new Library();
    }

    private static String describe(JsonNode step) {
        String type = step.path("type").asText();
        boolean asExpected = switch (type) {
            case "Replace" ->
                step.path("pattern").path("String").asText().equals(SPACE)
                        && step.path("content").asText().equals(" ");
            case "Strip" ->
                step.path("content").asText().equals(" ")
                        && step.path("start").asInt() == 1
                        && step.path("stop").asInt() == 0;
            default -> true;
        };
        return asExpected ? type : "other " + type;
    }

    /** The bytes of one piece, or of its spelling where the library decodes. */
    default byte[] bytes(String piece) {
        return switch (this) {
            case ByteLevel _ -> ByteAlphabet.bytes(piece);
            case ByteFallback _ ->
                isByte(piece)
                        ? new byte[] {(byte) Integer.parseInt(piece, 3, 5, 16)}
                        : piece.replace(SPACE, " ").getBytes(StandardCharsets.UTF_8);
            case Library _ -> piece.getBytes(StandardCharsets.UTF_8);
        };
    }

    private static boolean isByte(String piece) {
        return piece.length() == 6
                && piece.startsWith("<0x")
                && piece.endsWith(">")
                && Character.digit(piece.charAt(3), 16) >= 0
                && Character.digit(piece.charAt(4), 16) >= 0;
    }
}
