package dev.quire.server.openai;

import dev.quire.core.request.SampledToken;
import dev.quire.core.request.TokenLogprobs;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * Log-probabilities in the shapes of chat answers and of {@code prompt_logprobs}. JSON has no infinity: what is less probable than
 * {@value #LEAST} is reported as that.
 */
final class LogprobsJson {
    static final float LEAST = -9999;

    private final TokenNames names;
    private final int top;

    /** @param top how many alternatives to report for each token */
    LogprobsJson(TokenNames names, int top) {
        this.names = names;
        this.top = top;
    }

    static float finite(float logprob) {
        return Math.max(logprob, LEAST);
    }

    /** {@code {"content": [{token, logprob, bytes, top_logprobs}, …]}} of tokens that carry log-probabilities. */
    JsonObject chat(List<SampledToken> tokens) {
        JsonArray content = new JsonArray();
        for (SampledToken token : tokens) {
            token.logprobs().ifPresent(scored -> content.add(entry(scored)));
        }
        return new JsonObject().put("content", content);
    }

    private JsonObject entry(TokenLogprobs scored) {
        JsonArray alternatives = new JsonArray();
        for (int i = 0; i < Math.min(top, scored.topIds().length); i++) {
            alternatives.add(named(scored.topIds()[i], scored.topLogprobs()[i]));
        }
        return named(scored.token(), scored.logprob()).put("top_logprobs", alternatives);
    }

    private JsonObject named(int id, float logprob) {
        return new JsonObject()
                .put("token", names.name(id))
                .put("logprob", finite(logprob))
                .put("bytes", names.bytes(id));
    }

    /** vLLM's shape: for each token of the prompt {@code null} or {@code {"ID": {logprob, rank, decoded_token}, …}}, the token itself first. */
    JsonArray prompt(List<Optional<TokenLogprobs>> tokens) {
        JsonArray positions = new JsonArray();
        tokens.forEach(token -> token.map(this::ranked).ifPresentOrElse(positions::add, positions::addNull));
        return positions;
    }

    private JsonObject ranked(TokenLogprobs scored) {
        JsonObject position = new JsonObject();
        position.put(Integer.toString(scored.token()), ranked(scored.token(), scored.logprob(), scored.rank()));
        for (int i = 0; i < Math.min(top, scored.topIds().length); i++) {
            int id = scored.topIds()[i];
            if (id != scored.token()) {
                position.put(Integer.toString(id), ranked(id, scored.topLogprobs()[i], i + 1));
            }
        }
        return position;
    }

    private JsonObject ranked(int id, float logprob, int rank) {
        return new JsonObject()
                .put("logprob", finite(logprob))
                .put("rank", rank)
                .put("decoded_token", names.name(id));
    }
}
