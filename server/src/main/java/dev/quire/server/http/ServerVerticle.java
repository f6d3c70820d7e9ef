package dev.quire.server.http;

import dev.quire.core.llm.Llm;
import dev.quire.core.llm.LlmListener;
import dev.quire.core.source.DownloadProgress;
import dev.quire.server.contract.Contract;
import dev.quire.server.launch.ChatTemplates;
import dev.quire.server.launch.ModelLauncher;
import dev.quire.server.metrics.EngineMetrics;
import dev.quire.server.metrics.RequestMetrics;
import dev.quire.server.openai.Deployment;
import dev.quire.server.openai.InFlight;
import dev.quire.server.openai.OpenAiRoutes;
import dev.quire.server.options.QuireOptions;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.micrometer.backends.BackendRegistries;
import io.vertx.openapi.contract.OpenAPIContract;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * An OpenAI-compatible server, to be deployed in any Vert.x. Deployed by name it reads its options from the deployment's configuration
 * ({@code {"model": "…", "port": 8000}}) and loads the model itself.
 *
 * <p>Undeploying ends it in order: new requests are answered with 503, running ones may go on for {@code shutdown-timeout}, then they are
 * ended with an error, and the model is closed if the verticle loaded it.
 */
public final class ServerVerticle extends VerticleBase {
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private final Optional<QuireOptions> given;
    private final Optional<ModelLauncher> launcher;
    private final Optional<Llm> borrowed;
    private final LlmListener listener;
    private final InFlight inFlight = new InFlight();
    private Optional<HttpServer> server = Optional.empty();
    private Optional<Llm> owned = Optional.empty();

    /** Reads its options from the deployment's configuration; for deployment by class name. */
    public ServerVerticle() {
        this(Optional.empty(), Optional.empty(), Optional.empty(), LlmListener.NONE);
    }

    /** Loads the model with {@code launcher}, and closes it in the end. */
    public ServerVerticle(QuireOptions options, ModelLauncher launcher, LlmListener listener) {
        this(Optional.of(options), Optional.of(launcher), Optional.empty(), listener);
    }

    /** Serves a model that is loaded already; its caller closes it, after the verticle. */
    public ServerVerticle(QuireOptions options, Llm llm) {
        this(Optional.of(options), Optional.empty(), Optional.of(llm), LlmListener.NONE);
    }

    private ServerVerticle(
            Optional<QuireOptions> given,
            Optional<ModelLauncher> launcher,
            Optional<Llm> borrowed,
            LlmListener listener) {
        this.given = given;
        this.launcher = launcher;
        this.borrowed = borrowed;
        this.listener = listener;
    }

    @Override
    public Future<?> start() {
        QuireOptions options = given.orElseGet(() -> QuireOptions.from(config()));
        PrometheusMeterRegistry registry = registry();
        EngineMetrics engine =
                new EngineMetrics(registry, options.model().servedNames().getFirst());
        return requireFree(options)
                .compose(free -> {
                    Future<Deployment> model = vertx.executeBlocking(() -> deployment(options, engine), false);
                    Future<OpenAPIContract> contract = Contract.load(vertx); // beside the model
                    return model.compose(
                            deployment -> contract.compose(read -> listen(options, deployment, registry, read)));
                })
                .onSuccess(listening -> server = Optional.of(listening));
    }

    @Override
    public Future<?> stop() {
        QuireOptions options = given.orElseGet(() -> QuireOptions.from(config()));
        return inFlight.drain(vertx, options.http().shutdownTimeout())
                .compose(ended -> closeServer())
                .eventually(this::closeModel);
    }

    /** The port it listens on, once it has started; −1 on a Unix domain socket. */
    public int actualPort() {
        return server.map(HttpServer::actualPort).orElse(-1);
    }

    /** Before minutes are spent on loading a model. */
    private Future<Void> requireFree(QuireOptions options) {
        return borrowed.isPresent() ? Future.succeededFuture() : new ListenAddress(options.http()).requireFree(vertx);
    }

    private Deployment deployment(QuireOptions options, EngineMetrics metrics) {
        Llm llm = borrowed.orElseGet(() -> load(options, metrics));
        metrics.describe(llm.info().cache());
        metrics.watch(llm::stats);
        return new Deployment(
                llm,
                options.model(),
                options.scheduler().policy(),
                options.model().chatTemplate().map(ChatTemplates::read).or(llm::chatTemplate),
                System.currentTimeMillis() / 1000);
    }

    private Llm load(QuireOptions options, EngineMetrics metrics) {
        Llm loaded = launcher.orElseGet(() -> new ModelLauncher(options, Map.of(), DownloadProgress.silent()))
                .load(metrics.listening(listener));
        owned = Optional.of(loaded);
        return loaded;
    }

    private Future<HttpServer> listen(
            QuireOptions options, Deployment deployment, PrometheusMeterRegistry registry, OpenAPIContract contract) {
        RequestMetrics metrics = new RequestMetrics(
                registry, deployment.name(), deployment.llm().info().maxModelLen());
        OpenAiRoutes routes = new OpenAiRoutes(
                deployment, metrics, inFlight, options.http().limits().unreadTokens());
        ListenAddress address = new ListenAddress(options.http());
        return vertx.createHttpServer(address.server())
                .requestHandler(new ServerRouter(options.http(), routes, registry).build(vertx, contract))
                .invalidRequestHandler(new InvalidRequests())
                .listen(address.socket());
    }

    private Future<Void> closeServer() {
        return server.map(listening -> listening.shutdown(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS))
                .orElseGet(Future::succeededFuture);
    }

    private Future<Void> closeModel() {
        return owned.map(llm -> vertx.<Void>executeBlocking(() -> {
                    llm.close();
                    return null;
                }))
                .orElseGet(Future::succeededFuture);
    }

    /** The registry of this Vert.x, if it has one for Prometheus, so that its own metrics are scraped along. */
    private static PrometheusMeterRegistry registry() {
        return BackendRegistries.getDefaultNow() instanceof PrometheusMeterRegistry prometheus
                ? prometheus
                : new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    }
}
