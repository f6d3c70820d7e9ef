package dev.quire.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.core.testing.DeviceBackends;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A driver that goes wrong below the real program: a layer under the OpenCL loader spoils one kind of call. */
class OpenClFaultTest {
    private static final Pattern SERVING = Pattern.compile("Serving tiny at (http://\\S+), reproducible numerics");
    private static final List<String> ON_OPENCL =
            List.of("--model", "tiny", "--backend", "opencl", "--numerics", "reproducible", "--max-model-len", "256");

    @TempDir
    static Path folder;

    private static DriverLayer layer;

    @BeforeAll
    static void build() throws IOException, InterruptedException {
        DeviceBackends.assume(DeviceBackends.OPENCL);
        layer = DriverLayer.build(folder);
    }

    @Test
    void aKernelThatDoesNotBuildIsNamedWithItsDeviceAndItsLog() throws IOException, InterruptedException {
        Map<String, String> fresh = new HashMap<>(layer.environment("source"));
        fresh.put("XDG_CACHE_HOME", folder.resolve("fresh").toString());
        String said = generate(fresh);
        assertTrue(
                said.matches("(?s).*kernel '\\w+' does not build for .+, driver .+: CL_BUILD_PROGRAM_FAILURE.*"), said);
        assertTrue(said.contains("this compiler has a bad day"), said);
        assertTrue(said.contains("Update the driver, or pass another --device or --backend."), said);
        assertTrue(said.lines().count() < 40, said);
    }

    @Test
    void aDeviceThatRunsOutOfMemorySaysForWhatAndHowMuch() throws IOException, InterruptedException {
        String said = generate(layer.environment("memory"));
        assertTrue(
                said.matches("(?s).* has no [0-9.]+ MiB in one piece for .*: it has [0-9.]+ MiB in all, at most .*"),
                said);
    }

    private static String generate(Map<String, String> environment) throws IOException, InterruptedException {
        List<String> args = new ArrayList<>(List.of("generate", "--max-tokens", "1"));
        args.addAll(ON_OPENCL);
        args.add("Once");
        CommandRun ran = CommandRun.apart(environment, args);
        assertEquals(QuireCommand.FAILED, ran.status(), ran.err());
        return ran.err();
    }

    @Test
    void aLostDeviceFailsRequestsWithTheReasonAndTheServerStaysUpAndSaysSo() throws IOException, InterruptedException {
        Path gone = folder.resolve("gone");
        List<String> args = new ArrayList<>(List.of("serve", "--port", "0", "--host", "localhost"));
        args.addAll(ON_OPENCL);
        Process server = CommandRun.start(layer.environment("launch:" + gone), args);
        try (HttpClient client = HttpClient.newHttpClient();
                BufferedReader said = server.errorReader()) {
            String url = url(said);
            assertEquals(200, complete(client, url).statusCode());
            assertEquals(200, get(client, url + "/health"));
            Files.createFile(gone);
            HttpResponse<String> failed = complete(client, url);
            assertEquals(500, failed.statusCode(), failed.body());
            assertLost(failed);
            HttpResponse<String> refused = complete(client, url);
            assertEquals(503, refused.statusCode(), refused.body());
            assertLost(refused);
            assertEquals(503, get(client, url + "/health"));
            assertEquals(200, get(client, url + "/v1/models"));
            assertEquals(200, get(client, url + "/metrics"));
            assertTrue(server.isAlive());
        } finally {
            server.destroy();
            if (!server.waitFor(60, TimeUnit.SECONDS)) {
                server.destroyForcibly();
            }
        }
    }

    private static void assertLost(HttpResponse<String> response) {
        String message = new JsonObject(response.body()).getJsonObject("error").getString("message");
        assertTrue(message.contains("the OpenCL device is lost"), message);
        assertTrue(message.contains("CL_DEVICE_NOT_AVAILABLE"), message);
    }

    /** Where the server listens, as it says once it does. */
    private static String url(BufferedReader said) throws IOException {
        StringBuilder before = new StringBuilder();
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            Matcher matcher = SERVING.matcher(line);
            if (matcher.find()) {
                return matcher.group(1);
            }
            before.append(line).append('\n');
        }
        throw new AssertionError("it does not serve: " + before);
    }

    private static HttpResponse<String> complete(HttpClient client, String url)
            throws IOException, InterruptedException {
        JsonObject body =
                new JsonObject().put("model", "tiny").put("prompt", "Once").put("max_tokens", 2);
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/v1/completions"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.encode()))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static int get(HttpClient client, String url) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
        return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }
}
