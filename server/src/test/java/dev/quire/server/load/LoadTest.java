package dev.quire.server.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.core.engine.EngineStats;
import dev.quire.core.llm.Llm;
import dev.quire.core.llm.LlmListener;
import dev.quire.core.source.DownloadProgress;
import dev.quire.core.testing.DeviceBackends;
import dev.quire.server.http.ServerVerticle;
import dev.quire.server.launch.ModelLauncher;
import dev.quire.server.options.QuireOptions;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two hundred streaming clients at once, a third of whom vanish midway. One round by default; {@code -Dquire.load.seconds} repeats rounds for so
 * long, and {@code -Dquire.load.model} takes another model.
 */
class LoadTest {
    private static final long SEED = Long.getLong("quire.seed", 77);
    private static final int CLIENTS = 200;
    private static final String MODEL =
            System.getProperty("quire.load.model", "../core/src/test/resources/models/tiny-llama");
    private static final long SECONDS = Long.getLong("quire.load.seconds", 0);
    /** What flat memory may grow by: pools of threads and of buffers fill up slowly. */
    private static final long GROWTH = 48L << 20;

    /** A request, its answer when it ran alone, and after how many chunks its client leaves; −1 for never. */
    private record Client(JsonObject body, List<Integer> alone, int leavesAfter) {}

    @Test
    void everyStreamThatStaysEqualsItsRequestRunAloneAndAllBlocksComeBack() throws Exception {
        check(new JsonObject().put("dtype", "float32").put("quantization", "none"));
    }

    @ParameterizedTest
    @ValueSource(strings = {DeviceBackends.OPENCL, DeviceBackends.LEVEL_ZERO})
    void aDeviceServesThemAlike(String backend) throws Exception {
        checkDevice(backend);
    }

    @Test
    @Tag(DeviceBackends.TORNADO)
    void aTornadoDeviceServesThemAlike() throws Exception {
        checkDevice(DeviceBackends.TORNADO);
    }

    private static void checkDevice(String backend) throws Exception {
        DeviceBackends.assume(backend);
        check(new JsonObject()
                .put("backend", backend)
                .put("numerics", "reproducible")
                .put("kv-cache-memory-bytes", "64MiB"));
    }

    private static void check(JsonObject changes) throws Exception {
        QuireOptions options = QuireOptions.from(new JsonObject()
                .put("model", MODEL)
                .put("served-model-name", "model")
                .put("port", 0)
                .put("access-log", false)
                .mergeIn(changes));
        Vertx vertx = Vertx.vertx();
        ModelLauncher launcher = new ModelLauncher(options, Map.of(), DownloadProgress.silent());
        try (Llm llm = launcher.load(LlmListener.NONE);
                HttpClient http = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .build()) {
            ServerVerticle server = new ServerVerticle(options, llm);
            vertx.deployVerticle(server).await();
            URI uri = URI.create("http://localhost:" + server.actualPort() + "/v1/completions");
            List<Client> clients = clients(http, uri);
            long end = System.nanoTime() + SECONDS * 1_000_000_000L;
            List<Memory> memory = new ArrayList<>();
            List<Double> waste = new ArrayList<>();
            do {
                round(clients, http, uri, llm, waste);
                memory.add(Memory.now());
            } while (System.nanoTime() < end);
            report(memory, waste);
        } finally {
            vertx.close().await();
        }
    }

    private static List<Client> clients(HttpClient http, URI uri) throws IOException, InterruptedException {
        Random random = new Random(SEED);
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            JsonArray prompt = new JsonArray();
            random.ints(1 + random.nextInt(60), 3, 300).forEach(prompt::add);
            JsonObject body = new JsonObject()
                    .put("model", "model")
                    .put("prompt", prompt)
                    .put("stream", true)
                    .put("return_token_ids", true)
                    .put("ignore_eos", true)
                    .put("seed", i)
                    .put("temperature", i % 2)
                    .put("max_tokens", 8 + random.nextInt(32));
            List<Integer> alone = stream(http, uri, body, -1);
            assertEquals(body.getInteger("max_tokens"), alone.size(), "seed " + SEED + ", client " + i + " alone");
            clients.add(new Client(body, alone, i % 3 == 0 ? random.nextInt(6) : -1));
        }
        return clients;
    }

    private static void round(List<Client> clients, HttpClient http, URI uri, Llm llm, List<Double> waste)
            throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<Integer>>> answers = new ArrayList<>();
            for (Client client : clients) {
                answers.add(threads.submit(() -> stream(http, uri, client.body(), client.leavesAfter())));
            }
            for (int i = 0; i < clients.size(); i++) {
                List<Integer> tokens = answers.get(i).get();
                if (clients.get(i).leavesAfter() < 0) {
                    assertEquals(clients.get(i).alone(), tokens, "seed " + SEED + ", client " + i);
                }
                EngineStats stats = llm.stats();
                if (stats.heldBlocks() > 20) {
                    waste.add(1 - stats.heldTokens() / (16.0 * stats.heldBlocks()));
                }
            }
        }
        long patience = System.nanoTime() + Duration.ofMinutes(10).toNanos();
        while ((llm.stats().heldBlocks() > 0 || llm.stats().queued() > 0) && System.nanoTime() < patience) {
            Thread.sleep(20);
        }
        EngineStats stats = llm.stats();
        assertEquals(0, stats.heldBlocks(), "blocks that nobody gave back: " + stats);
        assertEquals(0, stats.running() + stats.waiting() + stats.queued(), stats.toString());
    }

    /** The token ids of a streamed answer; closes the connection after {@code leavesAfter} chunks, if that is not negative. */
    private static List<Integer> stream(HttpClient http, URI uri, JsonObject body, int leavesAfter)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.encode()))
                .build();
        HttpResponse<InputStream> response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
        List<Integer> tokens = new ArrayList<>();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            assertEquals(200, response.statusCode());
            int chunks = 0;
            for (String line = lines.readLine();
                    line != null && !line.equals("data: [DONE]");
                    line = lines.readLine()) {
                if (line.startsWith("data: ")) {
                    if (chunks++ == leavesAfter) {
                        return tokens;
                    }
                    JsonArray choices = new JsonObject(line.substring(6)).getJsonArray("choices");
                    for (int c = 0; c < choices.size(); c++) {
                        JsonArray ids = choices.getJsonObject(c).getJsonArray("token_ids", new JsonArray());
                        for (int i = 0; i < ids.size(); i++) {
                            tokens.add(ids.getInteger(i));
                        }
                    }
                }
            }
        }
        return tokens;
    }

    private static void report(List<Memory> memory, List<Double> waste) {
        double mean = waste.stream().mapToDouble(Double::doubleValue).average().orElse(0);
        System.out.printf(
                "load: %d rounds of %d clients; KV memory wasted %.1f%%%n", memory.size(), CLIENTS, 100 * mean);
        if (memory.size() >= 4) {
            Memory early = memory.get(memory.size() / 4);
            Memory late = memory.getLast();
            System.out.printf("load: after a quarter of the rounds: %s; after the last: %s%n", early, late);
            assertTrue(late.heap() < early.heap() + GROWTH, "the heap grew: " + memory);
            assertTrue(late.outside() < early.outside() + GROWTH, "memory outside the heap grew: " + memory);
        }
    }
}
