package dev.quire.server.http;

import dev.quire.server.contract.ApiException;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.SecurityPolicyHandler;

/** Refuses requests with too many headers. */
final class HeaderCount implements SecurityPolicyHandler {
    private final int most;

    HeaderCount(int most) {
        this.most = most;
    }

    @Override
    public void handle(RoutingContext context) {
        int count = context.request().headers().entries().size();
        if (count > most) {
            throw ApiException.of(
                    ApiException.Kind.HEAD_TOO_LARGE,
                    "The request has %d headers; this server takes %d (--h11-max-header-count)."
                            .formatted(count, most));
        }
        context.next();
    }
}
