package dev.quire.server.http;

import dev.quire.server.contract.Refusals;
import dev.quire.server.contract.RequestBodies;
import dev.quire.server.metrics.VllmNames;
import dev.quire.server.openai.OpenAiRoutes;
import dev.quire.server.options.HttpOptions;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.openapi.router.OpenAPIRoute;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import io.vertx.openapi.contract.OpenAPIContract;

/** The order in which a request is looked at: id, limits, origin, key, body, schema, handler; and refusals for all of them. */
final class ServerRouter {
    private final HttpOptions options;
    private final OpenAiRoutes routes;
    private final PrometheusMeterRegistry registry;

    ServerRouter(HttpOptions options, OpenAiRoutes routes, PrometheusMeterRegistry registry) {
        this.options = options;
        this.routes = routes;
        this.registry = registry;
    }

    Router build(Vertx vertx, OpenAPIContract contract) {
        RequestBodies bodies = new RequestBodies(contract, options.unknownFields());
        RouterBuilder builder = RouterBuilder.create(vertx, contract, bodies)
                .rootHandler(new RequestIds(options.accessLog()))
                .rootHandler(new HeaderCount(options.limits().headerCount()))
                .rootHandler(CrossOrigin.handler(options.cors()))
                .rootHandler(new ApiKeys(options.apiKeys()))
                .rootHandler(
                        BodyHandler.create(false).setBodyLimit(options.limits().bodyBytes()));
        for (OpenAPIRoute route : builder.getRoutes()) {
            route.setDoSecurity(false);
        }
        routes.bind(builder);
        builder.getRoute("metrics")
                .addHandler(context -> context.response()
                        .putHeader("Content-Type", VllmNames.MEDIA_TYPE)
                        .end(VllmNames.scrape(registry)));
        Router router = builder.createRouter();
        routes.bind(router);
        Refusals refusals = new Refusals(bodies);
        router.route().failureHandler(refusals);
        for (int status : new int[] {400, 404, 405, 500}) {
            router.errorHandler(status, refusals);
        }
        return router;
    }
}
