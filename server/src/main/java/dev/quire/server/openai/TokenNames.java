package dev.quire.server.openai;

import dev.quire.core.text.Tokenizer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** How answers name single tokens: by their text, or by {@code token_id:ID} where a client asked for that. */
sealed interface TokenNames {
    /** The name of a token. */
    String name(int id);

    /** The UTF-8 bytes of a token. */
    JsonArray bytes(int id);

    /** Names by text. */
    record Texts(Tokenizer tokenizer) implements TokenNames {
        @Override
        public String name(int id) {
            return tokenizer.text(id);
        }

        @Override
        public JsonArray bytes(int id) {
            return unsigned(tokenizer.bytesOf(id));
        }
    }

    /** Names by id: two tokens of the same text stay apart. */
    record Ids(Tokenizer tokenizer) implements TokenNames {
        @Override
        public String name(int id) {
            return "token_id:" + id;
        }

        @Override
        public JsonArray bytes(int id) {
            return unsigned(tokenizer.bytesOf(id));
        }
    }

    /** What the body asks for. */
    static TokenNames of(Tokenizer tokenizer, JsonObject body) {
        return Fields.flag(body, "return_tokens_as_token_ids", false) ? new Ids(tokenizer) : new Texts(tokenizer);
    }

    private static JsonArray unsigned(byte[] bytes) {
        JsonArray array = new JsonArray();
        for (byte b : bytes) {
            array.add(b & 0xff);
        }
        return array;
    }
}
