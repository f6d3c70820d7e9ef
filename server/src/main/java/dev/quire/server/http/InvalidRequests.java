package dev.quire.server.http;

import dev.quire.server.contract.ApiException;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;

/** Answers what is no HTTP request, or has too long a head. */
final class InvalidRequests implements Handler<HttpServerRequest> {
    @Override
    public void handle(HttpServerRequest request) {
        Throwable cause = request.decoderResult().cause();
        boolean tooLong = cause instanceof TooLongHttpHeaderException || cause instanceof TooLongHttpLineException;
        ApiException refusal = tooLong
                ? ApiException.of(
                        ApiException.Kind.HEAD_TOO_LARGE,
                        "The request line or the headers are longer than this server takes"
                                + " (--h11-max-incomplete-event-size).")
                : ApiException.of(
                        ApiException.Kind.BAD_REQUEST, "This is no valid HTTP request: " + cause.getMessage());
        request.response()
                .setStatusCode(refusal.kind().status())
                .putHeader("Content-Type", "application/json")
                .end(refusal.toJson().toBuffer())
                .onComplete(end -> request.connection().close());
    }
}
