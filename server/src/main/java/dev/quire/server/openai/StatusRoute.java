package dev.quire.server.openai;

import dev.quire.server.Version;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/** What operators and load balancers ask: {@code /health}, {@code /ping}, {@code /version} and {@code /load}. */
final class StatusRoute {
    private final Deployment deployment;
    private final InFlight inFlight;

    StatusRoute(Deployment deployment, InFlight inFlight) {
        this.deployment = deployment;
        this.inFlight = inFlight;
    }

    /** 200 while requests are taken, else 503; no body. */
    void health(RoutingContext context) {
        boolean serving = deployment.llm().engine().failure().isEmpty() && !inFlight.isDraining();
        context.response().setStatusCode(serving ? 200 : 503).end();
    }

    void version(RoutingContext context) {
        context.json(new JsonObject().put("version", Version.current()).put("numerics", deployment.numerics()));
    }

    void load(RoutingContext context) {
        context.json(new JsonObject().put("server_load", inFlight.count()));
    }
}
