package dev.quire.server.openai;

import dev.quire.server.contract.ApiException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/** {@code GET /v1/models} and {@code GET /v1/models/NAME}. */
final class ModelsRoute {
    private final Deployment deployment;

    ModelsRoute(Deployment deployment) {
        this.deployment = deployment;
    }

    void list(RoutingContext context) {
        JsonArray models = new JsonArray();
        deployment.options().servedNames().forEach(name -> models.add(model(name)));
        context.json(new JsonObject().put("object", "list").put("data", models));
    }

    /** Answers about one name. */
    void get(RoutingContext context, String name) {
        if (!deployment.options().servedNames().contains(name)) {
            throw ApiException.noSuchModel(name);
        }
        context.json(model(name));
    }

    private JsonObject model(String name) {
        return new JsonObject()
                .put("id", name)
                .put("object", "model")
                .put("created", deployment.created())
                .put("owned_by", "quire")
                .put("root", deployment.options().model())
                .putNull("parent")
                .put("max_model_len", deployment.llm().info().maxModelLen())
                .put("numerics", deployment.numerics());
    }
}
