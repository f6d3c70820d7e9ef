package dev.quire.server.http;

import dev.quire.server.options.HttpOptions.Cors;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.handler.CorsHandler;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What scripts of other sites may do. */
final class CrossOrigin {
    private static final String ALL = "*";

    private CrossOrigin() {}

    static CorsHandler handler(Cors cors) {
        CorsHandler handler = CorsHandler.create()
                .allowedMethods(methods(cors.methods()))
                .exposedHeaders(Set.of("X-Request-Id", "X-Quire-Ignored", "Retry-After"))
                .allowCredentials(cors.credentials());
        cors.origins().forEach(handler::addOrigin);
        if (!cors.headers().contains(ALL)) {
            handler.allowedHeaders(Set.copyOf(cors.headers()));
        }
        return handler;
    }

    private static Set<HttpMethod> methods(List<String> names) {
        return names.contains(ALL)
                ? Set.of(HttpMethod.GET, HttpMethod.POST, HttpMethod.OPTIONS, HttpMethod.HEAD)
                : names.stream().map(HttpMethod::valueOf).collect(Collectors.toSet());
    }
}
