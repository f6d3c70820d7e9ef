package dev.quire.core.text;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What Quire itself reads of a {@code tokenizer.json}: ids, spellings and the decoder. The rest is the library's.
 *
 * @param source what the document is called in messages
 * @param json the whole document
 * @param vocabulary the model's pieces and their ids
 * @param added the added tokens
 * @param decoding how pieces become text
 */
record TokenizerDocument(
        String source, String json, Map<String, Integer> vocabulary, List<AddedToken> added, PieceDecoding decoding) {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** @param source what the document is called in messages */
    static TokenizerDocument parse(String json, String source) {
        Map<String, Integer> vocabulary = new HashMap<>();
        List<AddedToken> added = new ArrayList<>();
        JsonNode decoder = MissingNode.getInstance();
        try (JsonParser parser = MAPPER.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new TokenizerException(
                        source + " is not a JSON object; it must be a Hugging Face tokenizer.json.");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                parser.nextToken();
                switch (field) {
                    case "model" -> readModel(parser, vocabulary);
                    case "added_tokens" -> readAdded(parser.readValueAsTree(), added);
                    case "decoder" -> decoder = parser.readValueAsTree();
                    default -> parser.skipChildren();
                }
            }
        } catch (IOException e) {
            throw new TokenizerException(
                    source + " is not readable as a Hugging Face tokenizer.json: " + e.getMessage()
                            + ". Download it again, or export the tokenizer with Transformers' save_pretrained.",
                    e);
        }
        if (vocabulary.isEmpty()) {
            throw new TokenizerException(source + " has no vocabulary (model.vocab); the file is incomplete.");
        }
        return new TokenizerDocument(source, json, vocabulary, List.copyOf(added), PieceDecoding.of(decoder));
    }

    private static void readModel(JsonParser parser, Map<String, Integer> vocabulary) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw new IOException("'model' is not an object");
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean isVocabulary = parser.currentName().equals("vocab");
            JsonToken value = parser.nextToken();
            if (isVocabulary && value == JsonToken.START_OBJECT) {
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String piece = parser.currentName();
                    parser.nextToken();
                    vocabulary.put(piece, parser.getIntValue());
                }
            } else if (isVocabulary && value == JsonToken.START_ARRAY) {
                readUnigrams(parser, vocabulary);
            } else {
                parser.skipChildren();
            }
        }
    }

    private static void readUnigrams(JsonParser parser, Map<String, Integer> vocabulary) throws IOException {
        for (int id = 0; parser.nextToken() == JsonToken.START_ARRAY; id++) {
            parser.nextToken();
            vocabulary.put(parser.getText(), id);
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                parser.skipChildren();
            }
        }
    }

    private static void readAdded(JsonNode tokens, List<AddedToken> added) {
        for (JsonNode token : tokens) {
            added.add(new AddedToken(
                    token.path("id").asInt(),
                    token.path("content").asText(),
                    token.path("special").asBoolean(),
                    token.path("normalized").asBoolean()));
        }
    }

    /** This document with more added tokens, those that a tokenizer_config.json lists and this document lacks. */
    TokenizerDocument plus(List<ObjectNode> tokens) {
        ObjectNode tree = tree();
        ArrayNode list = tree.withArrayProperty("added_tokens");
        tokens.forEach(list::add);
        return parse(tree.toString(), source + " with the tokens of tokenizer_config.json");
    }

    /**
     * The document of a tokenizer that reads the names of special tokens as ordinary text. Ids do not move: a special token that the
     * vocabulary lacks keeps its place under a name that no text contains, since added tokens outside the vocabulary are numbered in order.
     */
    String withoutSpecialTokens() {
        ObjectNode tree = tree();
        ArrayNode kept = JsonNodeFactory.instance.arrayNode();
        for (JsonNode token : tree.path("added_tokens")) {
            boolean special = token.path("special").asBoolean();
            if (!special) {
                kept.add(token);
            } else if (!vocabulary.containsKey(token.path("content").asText())) {
                kept.add(((ObjectNode) token)
                        .put("content", unwritten(token.path("id").asInt())));
            }
        }
        tree.set("added_tokens", kept);
        tree.putNull("post_processor");
        return tree.toString();
    }

    private static String unwritten(int id) {
        return "\uDBFF\uDFFFquire " + id + "\uDBFF\uDFFF";
    }

    private ObjectNode tree() {
        try {
            return (ObjectNode) MAPPER.readTree(json);
        } catch (IOException e) {
            throw new IllegalStateException(
                    "A document that was parsed once does not parse again: " + e.getMessage(), e);
        }
    }
}
