package dev.quire.server.openai;

import dev.quire.core.text.SpecialText;
import dev.quire.core.text.SpecialTokens;
import dev.quire.core.text.Tokenizer;
import dev.quire.server.contract.ApiException;
import dev.quire.server.contract.RequestBodies;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.Callable;

/** {@code POST /tokenize} and {@code POST /detokenize}. */
final class TokenizeRoute {
    private final Deployment deployment;
    private final Tokenizer tokenizer;
    private final Conversation conversation;

    TokenizeRoute(Deployment deployment) {
        this.deployment = deployment;
        this.tokenizer = deployment.llm().tokenizer();
        this.conversation = new Conversation(tokenizer, deployment.chatTemplate());
    }

    void tokenize(RoutingContext context) {
        JsonObject body = RequestBodies.of(context);
        answer(context, () -> tokens(body));
    }

    void detokenize(RoutingContext context) {
        JsonObject body = RequestBodies.of(context);
        answer(context, () -> text(body));
    }

    private static void answer(RoutingContext context, Callable<JsonObject> work) {
        context.vertx().executeBlocking(work, false).onSuccess(context::json).onFailure(context::fail);
    }

    private JsonObject tokens(JsonObject body) {
        deployment.requested(body);
        if (body.containsKey("prompt") == body.containsKey("messages")) {
            throw ApiException.badRequest("prompt", "Give either `prompt` or `messages`.");
        }
        int[] ids = body.containsKey("messages")
                ? conversation.read(body).ids()
                : tokenizer.encode(
                        body.getString("prompt"),
                        Fields.flag(body, "add_special_tokens", true) ? SpecialTokens.ADD : SpecialTokens.PARSE);
        JsonArray tokens = new JsonArray();
        JsonArray pieces = new JsonArray();
        for (int id : ids) {
            tokens.add(id);
            pieces.add(tokenizer.piece(id));
        }
        return new JsonObject()
                .put("count", ids.length)
                .put("max_model_len", deployment.llm().info().maxModelLen())
                .put("tokens", tokens)
                .put("token_strs", Fields.flag(body, "return_token_strs", false) ? pieces : null);
    }

    private JsonObject text(JsonObject body) {
        deployment.requested(body);
        int[] ids = Fields.integers(body.getJsonArray("tokens"), "tokens").stream()
                .mapToInt(Integer::intValue)
                .toArray();
        return new JsonObject().put("prompt", tokenizer.decode(ids, SpecialText.SHOW));
    }
}
