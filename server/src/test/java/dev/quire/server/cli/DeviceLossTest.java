package dev.quire.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.core.testing.DeviceBackends;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A started server whose device is lost in the middle of answers: they fail with the reason, and the server stays to say so. */
class DeviceLossTest {
    /** A few tokens' worth, of hundreds that are asked for. */
    private static final String LAUNCHES = "2000";

    private static final Pattern ADDRESS = Pattern.compile("http://[0-9.]+:[0-9]+");
    private static final String LOST = "the device was lost";
    private static final long PATIENCE_SECONDS = 120;

    private static final JsonObject BODY = new JsonObject()
            .put("model", "tiny")
            .put("prompt", "Once upon a time")
            .put("max_tokens", 400)
            .put("ignore_eos", true)
            .put("stream", true);

    @Test
    void answersFailWithTheReasonAndTheServerSaysThatItIsUnhealthy() throws Exception {
        DeviceBackends.assume(DeviceBackends.LEVEL_ZERO);
        Process server = CommandRun.start(
                Map.of("LOOPBACK_LOSE_AFTER", LAUNCHES),
                List.of(
                        "serve",
                        "--model=tiny",
                        "--backend=levelzero",
                        "--numerics=reproducible",
                        "--host=127.0.0.1",
                        "--port=0"));
        try (HttpClient http = HttpClient.newHttpClient()) {
            String url = address(server);
            assertEquals(200, get(http, url + "/health"));
            HttpResponse<Stream<String>> answer = http.send(completion(url), HttpResponse.BodyHandlers.ofLines());
            assertEquals(200, answer.statusCode());
            List<String> lines = answer.body().filter(line -> !line.isEmpty()).toList();
            assertTrue(lines.getFirst().contains("\"choices\""), "tokens came before the loss: " + lines);
            assertTrue(
                    lines.stream().anyMatch(line -> line.contains("\"error\"") && line.contains(LOST)),
                    lines::toString);
            assertEquals(503, get(http, url + "/health"));
            HttpResponse<String> refused = http.send(completion(url), HttpResponse.BodyHandlers.ofString());
            assertEquals(503, refused.statusCode(), refused.body());
            assertTrue(refused.body().contains(LOST), refused.body());
            assertEquals(200, get(http, url + "/metrics"));
        } finally {
            server.destroy();
        }
        assertTrue(server.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "it does not stop");
        assertFalse(List.of(134, 139).contains(server.exitValue()), "it crashed: " + server.exitValue());
    }

    /** Where a server says that it listens; what it says later is read and dropped. */
    private static String address(Process server) throws IOException {
        Thread.startVirtualThread(() -> server.inputReader().lines().forEach(line -> {}));
        List<String> said = new ArrayList<>();
        BufferedReader err = server.errorReader();
        for (String line = err.readLine(); line != null; line = err.readLine()) {
            Matcher matcher = ADDRESS.matcher(line);
            if (matcher.find()) {
                Thread.startVirtualThread(() -> err.lines().forEach(later -> {}));
                return matcher.group();
            }
            said.add(line);
        }
        throw new AssertionError("the server ended before it listened: " + said);
    }

    private static HttpRequest completion(String url) {
        return HttpRequest.newBuilder(URI.create(url + "/v1/completions"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(BODY.encode()))
                .build();
    }

    private static int get(HttpClient http, String url) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
