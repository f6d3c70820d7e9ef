package dev.quire.server.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.PlatformHandler;
import java.util.UUID;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives every answer the {@code X-Request-Id} that the request brought, or a new one, and every request a line in the log. */
final class RequestIds implements PlatformHandler {
    private static final Logger LOG = LoggerFactory.getLogger("dev.quire.access");
    private static final String HEADER = "X-Request-Id";
    private static final Pattern PRINTABLE = Pattern.compile("[!-~]{1,128}");

    private final boolean accessLog;

    RequestIds(boolean accessLog) {
        this.accessLog = accessLog;
    }

    @Override
    public void handle(RoutingContext context) {
        String given = context.request().getHeader(HEADER);
        String id = given != null && PRINTABLE.matcher(given).matches()
                ? given
                : UUID.randomUUID().toString();
        context.response().putHeader(HEADER, id);
        if (accessLog) {
            long began = System.nanoTime();
            context.addEndHandler(end -> log(context, id, began));
        }
        context.next();
    }

    private static void log(RoutingContext context, String id, long began) {
        HttpServerRequest request = context.request();
        String end =
                context.response().ended() ? Integer.toString(context.response().getStatusCode()) : "client closed";
        LOG.info(
                "{} \"{} {}\" {} {} bytes {} ms id={}",
                request.remoteAddress() == null ? "-" : request.remoteAddress().hostAddress(),
                request.method(),
                context.normalizedPath(),
                end,
                context.response().bytesWritten(),
                (System.nanoTime() - began) / 1_000_000,
                id);
    }
}
