package dev.quire.server.contract;

import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import io.vertx.openapi.validation.ValidatorException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers failed requests in OpenAI's shape. */
public final class Refusals implements Handler<RoutingContext> {
    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

    private final RequestBodies bodies;

    public Refusals(RequestBodies bodies) {
        this.bodies = bodies;
    }

    @Override
    public void handle(RoutingContext context) {
        if (!context.response().headWritten() && !context.response().closed()) {
            send(context, refusal(context));
        }
    }

    /** Sends a refusal as the whole answer. */
    public static void send(RoutingContext context, ApiException refusal) {
        refusal.retryAfter()
                .ifPresent(seconds -> context.response().putHeader("Retry-After", Integer.toString(seconds)));
        if (refusal.kind() == ApiException.Kind.UNAUTHORIZED) {
            context.response().putHeader("WWW-Authenticate", "Bearer");
        }
        context.response()
                .setStatusCode(refusal.kind().status())
                .putHeader("Content-Type", "application/json")
                .end(refusal.toJson().toBuffer());
    }

    private ApiException refusal(RoutingContext context) {
        Throwable failure = context.failure();
        if (failure instanceof ApiException refusal) {
            return refusal;
        }
        if (failure != null && failure.getCause() instanceof ValidatorException mismatch) {
            return bodies.refusal(context, mismatch);
        }
        return switch (context.statusCode()) {
            case 400 ->
                ApiException.of(ApiException.Kind.BAD_REQUEST, "The request cannot be read: " + reason(failure));
            case 403 ->
                ApiException.of(
                        ApiException.Kind.FORBIDDEN,
                        "Scripts of this origin may not call the server (--allowed-origins): " + reason(failure));
            case 404 ->
                ApiException.of(
                        ApiException.Kind.NOT_FOUND,
                        "There is no %s. GET /openapi.yaml describes what there is."
                                .formatted(context.request().path()));
            case 405 ->
                ApiException.of(
                        ApiException.Kind.METHOD_NOT_ALLOWED,
                        "%s does not take %s."
                                .formatted(
                                        context.request().path(),
                                        context.request().method()));
            case 413 ->
                ApiException.of(
                        ApiException.Kind.TOO_LARGE,
                        "The body is larger than this server takes (--max-body-bytes). Send less.");
            default -> {
                LOG.error(
                        "{} {} failed",
                        context.request().method(),
                        context.request().path(),
                        failure);
                yield ApiException.of(
                        ApiException.Kind.INTERNAL, "The server failed; its log says why: " + reason(failure));
            }
        };
    }

    private static String reason(Throwable failure) {
        return failure == null ? "no reason given" : String.valueOf(failure.getMessage());
    }
}
