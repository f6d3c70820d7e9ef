package dev.quire.server.openai;

import dev.quire.core.text.SpecialText;
import dev.quire.core.text.SpecialTokens;
import dev.quire.core.text.Tokenizer;
import dev.quire.server.contract.ApiException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.IntStream;

/** Reads the {@code prompt} of a completion: a text, a list of texts, a list of token ids, or a list of such lists. */
final class PromptField {
    private static final String NAME = "prompt";

    private final Tokenizer tokenizer;

    PromptField(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    List<Prompt> read(JsonObject body) {
        SpecialTokens special = Fields.flag(body, "add_special_tokens", true) ? SpecialTokens.ADD : SpecialTokens.PARSE;
        Object value = body.getValue(NAME);
        if (value instanceof JsonArray list && !(list.getValue(0) instanceof Number)) {
            return IntStream.range(0, list.size())
                    .mapToObj(i -> one(list.getValue(i), special))
                    .toList();
        }
        return List.of(one(value, special));
    }

    private Prompt one(Object value, SpecialTokens special) {
        if (value instanceof JsonArray list) {
            int[] ids = Fields.integers(list, NAME).stream()
                    .mapToInt(Integer::intValue)
                    .toArray();
            return new Prompt(ids, tokenizer.decode(ids, SpecialText.SHOW));
        }
        if (!(value instanceof String text)) {
            throw ApiException.badRequest(
                    NAME, "`prompt` mixes %s with texts or lists; give one kind.".formatted(value));
        }
        return new Prompt(tokenizer.encode(text, special), text);
    }
}
