package dev.quire.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.server.options.OptionException;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What happens to requests whose client or server goes away. */
class LifecycleTest {
    private static final String PATH = "/v1/completions";

    private static JsonObject longRequest() {
        return new JsonObject()
                .put("prompt", "a")
                .put("ignore_eos", true)
                .put("max_tokens", 2000)
                .put("stream", true);
    }

    /** Takes 16 places for as long as the model has room for. */
    private static JsonObject occupying() {
        return longRequest().put("n", 16);
    }

    private static int load(RunningServer server) {
        try {
            return new JsonObject(server.get("/load").body()).getInteger("server_load");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static double metric(RunningServer server, String name) {
        try {
            return server.get("/metrics")
                    .body()
                    .lines()
                    .filter(line -> line.startsWith("vllm:" + name))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 60_000; i++) {
            if (condition.getAsBoolean()) {
                return;
            }
            Thread.sleep(10);
        }
        throw new AssertionError("never: " + what);
    }

    @Test
    void aClientThatGoesAwayEndsItsGeneration() throws Exception {
        try (RunningServer server = RunningServer.slow()) {
            Stream<String> lines = server.lines(PATH, longRequest());
            assertTrue(lines.iterator().next().startsWith("data: "));
            assertEquals(1, load(server));
            lines.close();
            await("the exchange ends", () -> load(server) == 0);
            await("the sequence ends", () -> metric(server, "num_requests_running") == 0);
            assertTrue(metric(server, "generation_tokens_total") < 2000, "it was cut short");
        }
    }

    @Test
    void aClientThatGoesAwayWhileItWaitsLeavesTheQueue() throws Exception {
        try (RunningServer server = RunningServer.slow("max-num-seqs", 16)) {
            Stream<String> running = server.lines(PATH, occupying());
            running.iterator().next();
            try (Socket waiting = raw(server, longRequest())) {
                await("the second waits", () -> metric(server, "num_requests_waiting") == 1);
                assertTrue(waiting.isConnected());
            }
            await("the queue is empty", () -> metric(server, "num_requests_waiting") == 0);
            assertEquals(1, load(server));
            running.close();
        }
    }

    @Test
    void aFullQueueAnswersWith429() throws Exception {
        try (RunningServer server = RunningServer.slow("max-num-seqs", 16, "max-num-queued-reqs", 1)) {
            Stream<String> running = server.lines(PATH, occupying());
            running.iterator().next();
            try (Socket waiting = raw(server, longRequest())) {
                await("one waits", () -> metric(server, "num_requests_waiting") == 1);
                HttpResponse<String> refused = server.post(PATH, longRequest());
                assertEquals(429, refused.statusCode(), refused.body());
                assertTrue(refused.headers().firstValue("Retry-After").isPresent());
                assertEquals(
                        "RateLimitError",
                        new JsonObject(refused.body()).getJsonObject("error").getString("type"));
                assertTrue(waiting.isConnected());
            }
            running.close();
        }
    }

    @Test
    void aReaderThatDoesNotReadIsGivenUp() throws Exception {
        try (RunningServer server = RunningServer.with("max-unread-tokens", 16)) {
            JsonObject body = longRequest().put("n", 16).put("logprobs", 20);
            try (Socket socket = raw(server, body)) {
                await("it runs", () -> metric(server, "generation_tokens_total") > 0);
                await("it is given up", () -> load(server) == 0);
                assertTrue(metric(server, "generation_tokens_total") < 16 * 2000);
                assertTrue(socket.isConnected());
            }
        }
    }

    @Test
    void aStopLetsRunningRequestsEndAndRefusesNewOnes() throws Exception {
        AtomicBoolean looked = new AtomicBoolean();
        try (RunningServer server = RunningServer.slowUntil(looked::get, "shutdown-timeout", 600)) {
            Stream<String> lines = server.lines(PATH, longRequest());
            Iterator<String> iterator = lines.iterator();
            iterator.next();
            Future<Void> stopped = server.stop();
            HttpResponse<String> refused = server.post(PATH, longRequest());
            assertEquals(503, refused.statusCode(), refused.body());
            assertEquals(503, server.get("/health").statusCode());
            looked.set(true);
            String last = "";
            while (iterator.hasNext()) {
                String line = iterator.next();
                last = line.isEmpty() ? last : line;
            }
            assertEquals("data: [DONE]", last);
            stopped.await();
            assertThrows(IOException.class, () -> server.get("/health"));
        }
    }

    @Test
    void aStopEndsWhatTakesTooLongWithAnError() throws Exception {
        try (RunningServer server = RunningServer.slow("shutdown-timeout", 0)) {
            Stream<String> lines = server.lines(PATH, longRequest());
            Iterator<String> iterator = lines.iterator();
            iterator.next();
            server.stop().await();
            List<String> rest = Stream.iterate(iterator, Iterator::hasNext, it -> it)
                    .map(Iterator::next)
                    .filter(line -> !line.isEmpty())
                    .toList();
            assertEquals("data: [DONE]", rest.getLast());
            assertTrue(rest.get(rest.size() - 2).contains("ServiceUnavailableError"), rest.get(rest.size() - 2));
        }
    }

    @Test
    void manyRequestsAtOnceGetTheirOwnAnswers() throws Exception {
        try (RunningServer server = RunningServer.start()) {
            JsonObject request = new JsonObject()
                    .put("temperature", 0)
                    .put("ignore_eos", true)
                    .put("max_tokens", 12);
            List<CompletableFuture<String>> answers = Stream.iterate(0, i -> i < 24, i -> i + 1)
                    .map(i -> CompletableFuture.supplyAsync(() ->
                            text(server, request.copy().put("prompt", "p" + i % 4))))
                    .toList();
            for (int i = 4; i < answers.size(); i++) {
                assertEquals(answers.get(i % 4).get(), answers.get(i).get(), "request " + i);
            }
        }
    }

    @Test
    void othersDeployItByNameWithJson() throws Exception {
        try (RunningServer other = RunningServer.start()) {
            JsonObject config = RunningServer.config().put("port", freePort());
            String id = other.vertx()
                    .deployVerticle("dev.quire.server.http.ServerVerticle", new DeploymentOptions().setConfig(config))
                    .await();
            RequestOptions health = new RequestOptions()
                    .setPort(config.getInteger("port"))
                    .setHost("localhost")
                    .setURI("/health");
            assertEquals(200, other.status(new HttpClientOptions(), health));
            other.vertx().undeploy(id).await();
        }
    }

    @Test
    void anUnusableOptionFailsTheDeployment() {
        OptionException refused = assertThrows(
                OptionException.class,
                () -> RunningServer.with("max-num-seqs", 0).close());
        assertTrue(refused.getMessage().contains("max-num-seqs"), refused.getMessage());
    }

    @Test
    void http2CarriesStreamsToo() throws Exception {
        try (RunningServer server = RunningServer.start();
                HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(server.url() + PATH))
                    .version(HttpClient.Version.HTTP_2)
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(
                            longRequest().put("max_tokens", 20).encode()))
                    .build();
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            assertEquals(HttpClient.Version.HTTP_2, response.version());
            assertTrue(response.body().endsWith("data: [DONE]\n\n"), response.body());
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static String text(RunningServer server, JsonObject body) {
        try {
            return server.json(PATH, body)
                    .getJsonArray("choices")
                    .getJsonObject(0)
                    .getString("text");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Sends a request and reads nothing. */
    private static Socket raw(RunningServer server, JsonObject body) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new java.net.InetSocketAddress("localhost", server.port()));
        byte[] bytes = body.encode().getBytes(StandardCharsets.UTF_8);
        String head =
                "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                        .formatted(PATH, bytes.length);
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(bytes);
        return socket;
    }
}
