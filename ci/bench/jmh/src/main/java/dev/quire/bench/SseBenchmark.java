package dev.quire.bench;

import dev.quire.server.stream.SseWriter;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** An answer of 256 events leaves the server and is read by a client over the loopback. Time for each event. */
public class SseBenchmark extends HotPath {
    private static final int EVENTS = 256;

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client = HttpClient.newHttpClient();
    private HttpRequest request;

    @Setup
    public void open() {
        HttpServer server = vertx.createHttpServer()
                .requestHandler(asked -> answer(asked.response()))
                .listen(0, "localhost")
                .await();
        request = HttpRequest.newBuilder(URI.create("http://localhost:" + server.actualPort()))
                .build();
    }

    private static void answer(HttpServerResponse response) {
        SseWriter writer = new SseWriter(response, Integer.MAX_VALUE);
        for (int i = 0; i < EVENTS; i++) {
            JsonObject delta = new JsonObject().put("content", " token " + i);
            JsonObject choice =
                    new JsonObject().put("index", 0).put("delta", delta).putNull("finish_reason");
            writer.send(
                    new JsonObject()
                            .put("id", "chatcmpl-1")
                            .put("object", "chat.completion.chunk")
                            .put("choices", new JsonArray().add(choice)),
                    1);
        }
        writer.done();
    }

    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public int stream() throws IOException, InterruptedException {
        return client.send(request, HttpResponse.BodyHandlers.ofByteArray()).body().length;
    }

    @TearDown
    public void close() {
        client.close();
        vertx.close().await();
    }
}
