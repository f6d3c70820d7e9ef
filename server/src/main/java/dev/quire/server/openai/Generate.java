package dev.quire.server.openai;

import dev.quire.server.contract.RequestBodies;
import dev.quire.server.metrics.RequestMetrics;
import dev.quire.server.stream.SseWriter;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/** The way that chat and completion requests share: read off the event loop, submit, answer. */
final class Generate implements Handler<RoutingContext> {
    /** What tells the two endpoints apart. */
    interface Endpoint {
        /** Reads a body; may take a while. */
        Call read(JsonObject body);

        /** How the answer is written. */
        AnswerFormat format(Call call, JsonObject body);

        /** The field that holds the prompt. */
        String promptField();
    }

    private final Endpoint endpoint;
    private final Deployment deployment;
    private final RequestMetrics metrics;
    private final InFlight inFlight;
    private final int maxUnreadTokens;

    Generate(Endpoint endpoint, Deployment deployment, RequestMetrics metrics, InFlight inFlight, int maxUnreadTokens) {
        this.endpoint = endpoint;
        this.deployment = deployment;
        this.metrics = metrics;
        this.inFlight = inFlight;
        this.maxUnreadTokens = maxUnreadTokens;
    }

    @Override
    public void handle(RoutingContext context) {
        JsonObject body = RequestBodies.of(context);
        Vertx vertx = context.vertx();
        vertx.executeBlocking(() -> endpoint.read(body), false)
                .onSuccess(call -> answer(context, body, call))
                .onFailure(context::fail);
    }

    private void answer(RoutingContext context, JsonObject body, Call call) {
        if (context.response().closed()) {
            return;
        }
        AnswerHead head = new AnswerHead(call.id(), System.currentTimeMillis() / 1000, call.model());
        AnswerFormat format = endpoint.format(call, body);
        Answer answer = switch (call.answer().delivery()) {
            case WHOLE -> new WholeAnswer(context, call, head, format);
            case STREAM ->
                new StreamedAnswer(context, call, head, format, new SseWriter(context.response(), maxUnreadTokens));
        };
        try {
            new Exchange(
                            context.vertx().getOrCreateContext(),
                            context.response(),
                            call,
                            answer,
                            inFlight,
                            endpoint.promptField())
                    .start(deployment.llm(), metrics);
        } catch (RuntimeException e) {
            context.fail(e);
        }
    }
}
