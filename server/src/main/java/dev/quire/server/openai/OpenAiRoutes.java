package dev.quire.server.openai;

import dev.quire.server.contract.Contract;
import dev.quire.server.metrics.RequestMetrics;
import io.vertx.core.Handler;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.openapi.router.RouterBuilder;

/** Binds handlers to the operations of the OpenAPI document. */
public final class OpenAiRoutes {
    private static final String MODELS = "/v1/models/";

    private final Deployment deployment;
    private final RequestMetrics metrics;
    private final InFlight inFlight;
    private final int maxUnreadTokens;

    /** @param maxUnreadTokens tokens of a stream that may wait for a slow reader */
    public OpenAiRoutes(Deployment deployment, RequestMetrics metrics, InFlight inFlight, int maxUnreadTokens) {
        this.deployment = deployment;
        this.metrics = metrics;
        this.inFlight = inFlight;
        this.maxUnreadTokens = maxUnreadTokens;
    }

    /** Binds every operation but {@code metrics}. */
    public void bind(RouterBuilder builder) {
        StatusRoute status = new StatusRoute(deployment, inFlight);
        ModelsRoute models = new ModelsRoute(deployment);
        TokenizeRoute tokens = new TokenizeRoute(deployment);
        String contract = Contract.text();
        bind(builder, "health", status::health);
        bind(builder, "ping", status::health);
        bind(builder, "pingByPost", status::health);
        bind(builder, "version", status::version);
        bind(builder, "load", status::load);
        bind(builder, "listModels", models::list);
        bind(builder, "getModel", context -> models.get(context, context.pathParam("model")));
        bind(builder, "tokenize", tokens::tokenize);
        bind(builder, "detokenize", tokens::detokenize);
        bind(builder, "createChatCompletion", generate(new ChatRoute(deployment)));
        bind(builder, "createCompletion", generate(new CompletionRoute(deployment)));
        bind(
                builder,
                "contract",
                context -> context.response()
                        .putHeader("Content-Type", "application/yaml")
                        .end(contract));
    }

    /** Binds what a path template cannot say: names of models with slashes. */
    public void bind(Router router) {
        ModelsRoute models = new ModelsRoute(deployment);
        router.get(MODELS + "*")
                .handler(context -> models.get(context, context.normalizedPath().substring(MODELS.length())));
    }

    private static void bind(RouterBuilder builder, String operation, Handler<RoutingContext> handler) {
        builder.getRoute(operation).addHandler(handler);
    }

    private Handler<RoutingContext> generate(Generate.Endpoint endpoint) {
        return new Generate(endpoint, deployment, metrics, inFlight, maxUnreadTokens);
    }
}
