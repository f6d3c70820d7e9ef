package dev.quire.server.http;

import dev.quire.core.engine.StepReport;
import dev.quire.core.llm.LlmListener;
import dev.quire.core.source.DownloadProgress;
import dev.quire.server.launch.ModelLauncher;
import dev.quire.server.options.QuireOptions;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** A server on a port of its own, with the tiny model, and a client for it. */
public final class RunningServer implements AutoCloseable {
    /** The name under which the tiny model is served. */
    public static final String MODEL = "tiny";

    /** Long enough for any machine. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private static final Path FILES = Path.of("..", "core", "src", "test", "resources", "models", "tiny-llama");

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();
    private final ServerVerticle verticle;
    private final String deployment;

    private RunningServer(JsonObject changes, LlmListener listener) {
        QuireOptions options = QuireOptions.from(config().mergeIn(changes));
        ModelLauncher launcher = new ModelLauncher(options, Map.of(), DownloadProgress.silent());
        verticle = new ServerVerticle(options, launcher, listener);
        deployment = vertx.deployVerticle(verticle).await();
    }

    /** Options for the tiny model, small and quiet. */
    static JsonObject config() {
        return new JsonObject()
                .put("model", FILES.toString())
                .put("served-model-name", MODEL)
                .put("port", 0)
                .put("host", "localhost")
                .put("backend", "cpu")
                .put("threads", 1)
                .put("kv-cache-memory-bytes", "16MiB")
                .put("access-log", false);
    }

    /** A server with the defaults. */
    public static RunningServer start() {
        return with();
    }

    /** A server with options {@code name, value, name, value, …}. */
    public static RunningServer with(Object... options) {
        return new RunningServer(json(options), LlmListener.NONE);
    }

    /** A server that takes ten milliseconds more for each step: a long request is still running when a test, however late, looks. */
    static RunningServer slow(Object... options) {
        return slowUntil(() -> false, options);
    }

    /** A {@linkplain #slow slow} server that a test can hurry, once it has looked. */
    static RunningServer slowUntil(BooleanSupplier hurried, Object... options) {
        return new RunningServer(json(options), new LlmListener() {
            @Override
            public void stepCompleted(StepReport report) {
                if (!hurried.getAsBoolean()) {
                    LockSupport.parkNanos(10_000_000);
                }
            }
        });
    }

    private static JsonObject json(Object... options) {
        JsonObject config = new JsonObject();
        for (int i = 0; i < options.length; i += 2) {
            config.put(String.valueOf(options[i]), options[i + 1]);
        }
        return config;
    }

    public Vertx vertx() {
        return vertx;
    }

    public int port() {
        return verticle.actualPort();
    }

    public String url() {
        return "http://localhost:" + port();
    }

    /** Undeploys the verticle, in order. */
    public io.vertx.core.Future<Void> stop() {
        return vertx.undeploy(deployment);
    }

    /** Sends a request by Vert.x's client and returns the status. */
    int status(HttpClientOptions options, RequestOptions request) {
        HttpClientAgent agent =
                vertx.createHttpClient(options); // held until it is closed: Vert.x closes one that nobody holds
        try {
            return agent.request(request)
                    .compose(open -> open.send())
                    .map(response -> response.statusCode())
                    .await();
        } finally {
            agent.close().await();
        }
    }

    public HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        return client.send(request(path, headers).GET().build(), HttpResponse.BodyHandlers.ofString());
    }

    public HttpResponse<String> post(String path, JsonObject body, String... headers)
            throws IOException, InterruptedException {
        return client.send(
                request(path, headers)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body.encode()))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** Posts and reads a JSON answer of status 200. */
    public JsonObject json(String path, JsonObject body) throws IOException, InterruptedException {
        HttpResponse<String> response = post(path, body);
        if (response.statusCode() != 200) {
            throw new AssertionError("status %d: %s".formatted(response.statusCode(), response.body()));
        }
        return new JsonObject(response.body());
    }

    /** Posts and reads the events of a stream; the last must be {@code [DONE]}, which is left out. */
    public List<JsonObject> events(String path, JsonObject body) throws IOException, InterruptedException {
        HttpResponse<String> response = post(path, body.copy().put("stream", true));
        if (response.statusCode() != 200) {
            throw new AssertionError("status %d: %s".formatted(response.statusCode(), response.body()));
        }
        List<String> data = new ArrayList<>();
        for (String frame : response.body().split("\n\n")) {
            if (!frame.startsWith("data: ")) {
                throw new AssertionError("no data frame: " + frame);
            }
            data.add(frame.substring("data: ".length()));
        }
        if (!data.removeLast().equals("[DONE]")) {
            throw new AssertionError("the stream does not end with [DONE]: " + response.body());
        }
        return data.stream().map(JsonObject::new).toList();
    }

    /** Posts and hands over the answer's lines as they come; closing the stream closes the connection. */
    public Stream<String> lines(String path, JsonObject body) throws IOException, InterruptedException {
        return client.send(
                        request(path)
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(body.encode()))
                                .build(),
                        HttpResponse.BodyHandlers.ofLines())
                .body();
    }

    private HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(URI.create(url() + path)).timeout(PATIENCE);
        return headers.length == 0 ? builder : builder.headers(headers);
    }

    @Override
    public void close() {
        client.shutdownNow();
        vertx.close().await();
    }
}
