package dev.quire.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.server.contract.Contract;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerVerticleTest {
    private static RunningServer server;

    @BeforeAll
    static void start() {
        server = RunningServer.with(
                "api-key",
                "first,second",
                "max-body-bytes",
                2000,
                "h11-max-header-count",
                20,
                "h11-max-incomplete-event-size",
                5000,
                "served-model-name",
                "tiny,org/tiny",
                "allowed-origins",
                "https://good.example");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static JsonObject error(HttpResponse<String> response) {
        return new JsonObject(response.body()).getJsonObject("error");
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return server.get(path, "Authorization", "Bearer second");
    }

    @Test
    void aRequestWithoutAKeyIsUnauthorized() throws Exception {
        for (String[] headers : new String[][] {
            {}, {"Authorization", "Bearer third"}, {"Authorization", "Bearer"}, {"Authorization", "Basic first"}
        }) {
            HttpResponse<String> response = server.get("/v1/models", headers);
            assertEquals(401, response.statusCode());
            assertEquals(401, error(response).getInteger("code"));
            assertEquals(
                    "Bearer", response.headers().firstValue("WWW-Authenticate").orElse(""));
        }
        assertEquals(
                200, server.get("/v1/models", "Authorization", "Bearer first").statusCode());
        assertEquals(
                200, server.get("/v1/models", "Authorization", "bearer second").statusCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health", "/ping", "/version", "/metrics", "/openapi.yaml"})
    void whatOperatorsAskNeedsNoKey(String path) throws Exception {
        assertEquals(200, server.get(path).statusCode());
    }

    @Test
    void modelsAreListedUnderEachName() throws Exception {
        JsonArray models = new JsonObject(get("/v1/models").body()).getJsonArray("data");
        assertEquals(
                List.of("tiny", "org/tiny"),
                models.stream()
                        .map(model -> ((JsonObject) model).getString("id"))
                        .toList());
        assertEquals(2048, models.getJsonObject(0).getInteger("max_model_len"));
        assertEquals("fast", models.getJsonObject(0).getString("numerics"));
        assertEquals("fast", new JsonObject(get("/version").body()).getString("numerics"));
        for (String path : List.of("/v1/models/tiny", "/v1/models/org/tiny", "/v1/models/org%2Ftiny")) {
            HttpResponse<String> response = get(path);
            assertEquals(200, response.statusCode(), path + ": " + response.body());
        }
        HttpResponse<String> other = get("/v1/models/other");
        assertEquals(404, other.statusCode());
        assertEquals("The model `other` does not exist.", error(other).getString("message"));
        assertEquals("NotFoundError", error(other).getString("type"));
    }

    @Test
    void unknownPathsAndMethodsAreRefusedInTheSameShape() throws Exception {
        HttpResponse<String> nowhere = get("/v1/nowhere");
        assertEquals(404, nowhere.statusCode());
        assertTrue(error(nowhere).getString("message").contains("/v1/nowhere"));
        HttpResponse<String> method = get("/v1/completions");
        assertEquals(405, method.statusCode());
        assertTrue(error(method).getString("message").contains("GET"));
    }

    @Test
    void aBodyOverTheLimitIsRefused() throws Exception {
        HttpResponse<String> response = server.post(
                "/v1/completions", new JsonObject().put("prompt", "x".repeat(3000)), "Authorization", "Bearer first");
        assertEquals(413, response.statusCode());
        assertTrue(error(response).getString("message").contains("--max-body-bytes"));
    }

    @Test
    void aHeadOverTheLimitIsRefused() throws Exception {
        HttpResponse<String> response = server.get("/health", "X-Long", "x".repeat(6000));
        assertEquals(431, response.statusCode(), response.body());
        assertTrue(error(response).getString("message").contains("--h11-max-incomplete-event-size"));
        String[] many = IntStream.range(0, 30)
                .boxed()
                .flatMap(i -> List.of("X-" + i, "1").stream())
                .toArray(String[]::new);
        assertEquals(431, server.get("/health", many).statusCode());
    }

    @Test
    void requestIdsAreEchoedOrMade() throws Exception {
        assertEquals(
                "abc-1",
                server.get("/health", "X-Request-Id", "abc-1")
                        .headers()
                        .firstValue("X-Request-Id")
                        .orElse(""));
        assertFalse(server.get("/health")
                .headers()
                .firstValue("X-Request-Id")
                .orElse("")
                .isEmpty());
        String made = server.get("/health", "X-Request-Id", "x".repeat(200))
                .headers()
                .firstValue("X-Request-Id")
                .orElse("");
        assertEquals(36, made.length());
    }

    @Test
    void scriptsOfNamedOriginsMayCall() throws Exception {
        HttpResponse<String> good = server.get("/health", "Origin", "https://good.example");
        assertEquals(200, good.statusCode());
        assertEquals(
                "https://good.example",
                good.headers().firstValue("Access-Control-Allow-Origin").orElse(""));
        HttpResponse<String> bad = server.get("/health", "Origin", "https://bad.example");
        assertEquals(403, bad.statusCode(), bad.body());
        assertEquals("PermissionDeniedError", error(bad).getString("type"));
    }

    @Test
    void theContractIsServedAsItIs() throws Exception {
        assertEquals(Contract.text(), server.get("/openapi.yaml").body());
    }

    @Test
    void metricsHaveVllmsNames() throws Exception {
        JsonObject body =
                new JsonObject().put("prompt", "a b c").put("max_tokens", 5).put("ignore_eos", true);
        assertEquals(
                200,
                server.post("/v1/completions", body, "Authorization", "Bearer first")
                        .statusCode());
        String scrape = server.get("/metrics").body();
        String labels = "{engine=\"0\",model_name=\"tiny\"}";
        for (String name : List.of(
                "num_requests_running",
                "num_requests_waiting",
                "kv_cache_usage_perc",
                "prefix_cache_queries_total",
                "prefix_cache_hits_total",
                "num_preemptions_total",
                "prompt_tokens_total",
                "generation_tokens_total")) {
            assertTrue(scrape.contains("vllm:" + name + labels), name + " is missing from\n" + scrape);
        }
        assertTrue(scrape.contains("vllm:cache_config_info{block_size=\"16\",cache_dtype=\""), scrape);
        for (String name : List.of(
                "time_to_first_token_seconds",
                "inter_token_latency_seconds",
                "request_time_per_output_token_seconds",
                "e2e_request_latency_seconds",
                "request_queue_time_seconds",
                "request_prefill_time_seconds",
                "request_decode_time_seconds",
                "request_inference_time_seconds",
                "request_prompt_tokens",
                "request_generation_tokens",
                "iteration_tokens_total")) {
            assertTrue(
                    value(scrape, "vllm:" + name + "_count" + labels) > 0, name + " has counted nothing in\n" + scrape);
            assertTrue(scrape.contains("vllm:" + name + "_bucket{engine=\"0\",model_name=\"tiny\",le="), name);
        }
        assertTrue(
                value(scrape, "vllm:request_success_total{engine=\"0\",finished_reason=\"length\",model_name=\"tiny\"}")
                        > 0,
                scrape);
        assertTrue(value(scrape, "vllm:generation_tokens_total" + labels) >= 5);
    }

    private static double value(String scrape, String series) {
        return scrape.lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError(series + " is not among\n"
                        + scrape.lines().filter(line -> !line.startsWith("#")).collect(Collectors.joining("\n"))));
    }
}
