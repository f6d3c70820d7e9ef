package dev.quire.server.http;

import dev.quire.server.options.HttpOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.SocketAddress;

/** Where and how to listen. */
final class ListenAddress {
    private final HttpOptions options;

    ListenAddress(HttpOptions options) {
        this.options = options;
    }

    SocketAddress socket() {
        return options.uds()
                .map(path -> SocketAddress.domainSocketAddress(path.toString()))
                .orElseGet(() -> SocketAddress.inetSocketAddress(options.port(), options.host()));
    }

    /** Fails if somebody else listens there, or the certificate cannot be read; by listening for a moment. */
    Future<Void> requireFree(Vertx vertx) {
        if (options.uds().isPresent()) {
            return Future.succeededFuture(); // listening would leave a file behind
        }
        return vertx.createHttpServer(server())
                .requestHandler(request -> request.response().setStatusCode(503).end())
                .listen(socket())
                .compose(HttpServer::close);
    }

    HttpServerOptions server() {
        int head = options.limits().headBytes();
        HttpServerOptions server = new HttpServerOptions()
                .setMaxHeaderSize(head)
                .setMaxInitialLineLength(head)
                .setHandle100ContinueAutomatically(true);
        options.tls()
                .ifPresent(tls -> server.setSsl(true)
                        .setUseAlpn(true)
                        .setKeyCertOptions(new PemKeyCertOptions()
                                .addCertPath(tls.certificate().toString())
                                .addKeyPath(tls.key().toString())));
        return server;
    }
}
