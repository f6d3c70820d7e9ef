package dev.quire.server.openai;

import dev.quire.core.request.SampledToken;
import dev.quire.core.request.TokenLogprobs;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * The log-probabilities of one choice in the shape of completions: parallel lists of tokens, their log-probabilities, maps of alternatives, and
 * offsets into the text. Offsets go on from one call to the next, as a stream needs it.
 */
final class CompletionLogprobs {
    private final TokenNames names;
    private final int top;
    private int offset;

    /** @param top how many alternatives to report for each token, beside the token itself */
    CompletionLogprobs(TokenNames names, int top) {
        this.names = names;
        this.top = top;
    }

    /** {@code {tokens, token_logprobs, top_logprobs, text_offset}} of the next generated tokens. */
    JsonObject next(List<SampledToken> tokens) {
        JsonObject lists = lists();
        for (SampledToken token : tokens) {
            add(lists, token.id(), token.logprobs());
        }
        return lists;
    }

    /** The same of an echoed prompt, whose first token has no log-probability. */
    JsonObject prompt(int[] ids, List<Optional<TokenLogprobs>> scores) {
        JsonObject lists = lists();
        for (int i = 0; i < ids.length; i++) {
            add(lists, ids[i], scores.get(i));
        }
        return lists;
    }

    /** {@code first} with the lists of {@code second} appended. */
    static JsonObject join(JsonObject first, JsonObject second) {
        first.forEach(list -> ((JsonArray) list.getValue()).addAll(second.getJsonArray(list.getKey())));
        return first;
    }

    private static JsonObject lists() {
        return new JsonObject()
                .put("text_offset", new JsonArray())
                .put("token_logprobs", new JsonArray())
                .put("tokens", new JsonArray())
                .put("top_logprobs", new JsonArray());
    }

    private void add(JsonObject lists, int id, Optional<TokenLogprobs> scored) {
        String name = names.name(id);
        lists.getJsonArray("text_offset").add(offset);
        offset += name.length();
        lists.getJsonArray("tokens").add(name);
        if (scored.isEmpty()) {
            lists.getJsonArray("token_logprobs").addNull();
            lists.getJsonArray("top_logprobs").addNull();
            return;
        }
        TokenLogprobs values = scored.get();
        JsonObject alternatives = new JsonObject();
        for (int i = 0; i < Math.min(top, values.topIds().length); i++) {
            alternatives.put(names.name(values.topIds()[i]), LogprobsJson.finite(values.topLogprobs()[i]));
        }
        alternatives.put(name, LogprobsJson.finite(values.logprob()));
        lists.getJsonArray("token_logprobs").add(LogprobsJson.finite(values.logprob()));
        lists.getJsonArray("top_logprobs").add(alternatives);
    }
}
