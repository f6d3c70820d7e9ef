package dev.quire.server.cli;

import dev.quire.server.http.ServerVerticle;
import dev.quire.server.options.OptionTable;
import dev.quire.server.options.QuireOptions;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/** Serves a model until a signal ends it. */
@Command(
        name = "serve",
        description = {
            "Serves a model over OpenAI's API. Without options: SmolLM2-135M-Instruct on http://localhost:8000.",
            "A stop signal (Ctrl-C) lets running answers end, then ends the server."
        },
        mixinStandardHelpOptions = true)
final class ServeCommand extends OptionsCommand {
    /** Beyond the time that running answers get: to close sockets and free the device. */
    private static final Duration CLOSING = Duration.ofSeconds(10);

    ServeCommand(Map<String, String> environment) {
        super(
                environment,
                OptionTable.SECTIONS.stream().map(section -> section.title()).collect(Collectors.toSet()));
    }

    @Override
    public Integer call() throws Exception {
        QuireOptions options = options();
        ServerVerticle server = new ServerVerticle(options, launcher(options), report());
        Vertx vertx = Vertx.vertx();
        CountDownLatch ended = new CountDownLatch(1);
        try {
            String id = vertx.deployVerticle(server).await();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(vertx, id, options, ended), "quire-stop"));
            announce(options, server);
            ended.await();
            return 0;
        } catch (Exception e) {
            vertx.close().await();
            throw e instanceof BindException ? cannotListen(options, e) : e;
        }
    }

    private static IOException cannotListen(QuireOptions options, Exception cause) {
        return new IOException(
                "Cannot listen on %s:%d: %s. Stop what listens there, or pass --port with another one (0 takes any)."
                        .formatted(options.http().host(), options.http().port(), cause.getMessage()),
                cause);
    }

    private void announce(QuireOptions options, ServerVerticle server) {
        String name = options.model().servedNames().getFirst();
        err().printf(
                        "Serving %s at http://%s:%d, %s numerics%n",
                        name,
                        shown(options.http().host()),
                        server.actualPort(),
                        options.device().numerics().label());
        err().flush();
    }

    private static String shown(String host) {
        return Set.of("0.0.0.0", "::", "").contains(host) ? "localhost" : host;
    }

    private static void stop(Vertx vertx, String id, QuireOptions options, CountDownLatch ended) {
        try {
            long millis = options.http().shutdownTimeout().plus(CLOSING).toMillis();
            vertx.undeploy(id).await(millis, TimeUnit.MILLISECONDS);
            vertx.close().await(CLOSING.toMillis(), TimeUnit.MILLISECONDS);
        } catch (java.util.concurrent.TimeoutException e) {
            System.err.println("The server did not stop in time and is ended.");
        } finally {
            ended.countDown();
        }
    }
}
