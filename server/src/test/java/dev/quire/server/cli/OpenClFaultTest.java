package dev.quire.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.core.testing.DeviceBackends;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A driver that goes wrong below the real program: a layer under the OpenCL loader spoils one kind of call. */
class OpenClFaultTest {
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
        CommandRun ran = CommandRun.apart(environment, CommandRun.oneToken(DeviceBackends.OPENCL));
        assertEquals(QuireCommand.FAILED, ran.status(), ran.err());
        return ran.err();
    }

    @Test
    void aLostDeviceFailsRequestsWithTheReasonAndTheServerStaysUpAndSaysSo() throws IOException, InterruptedException {
        Path gone = folder.resolve("gone");
        JsonObject twoTokens = new JsonObject().put("max_tokens", 2);
        try (ServerProcess server = ServerProcess.start(layer.environment("launch:" + gone), DeviceBackends.OPENCL)) {
            assertEquals(200, server.complete(twoTokens).statusCode());
            assertEquals(200, server.status("/health"));
            Files.createFile(gone);
            HttpResponse<String> failed = server.complete(twoTokens);
            assertEquals(500, failed.statusCode(), failed.body());
            assertLost(failed);
            HttpResponse<String> refused = server.complete(twoTokens);
            assertEquals(503, refused.statusCode(), refused.body());
            assertLost(refused);
            assertEquals(503, server.status("/health"));
            assertEquals(200, server.status("/v1/models"));
            assertEquals(200, server.status("/metrics"));
            assertTrue(server.isAlive());
        }
    }

    private static void assertLost(HttpResponse<String> response) {
        String message = new JsonObject(response.body()).getJsonObject("error").getString("message");
        assertTrue(message.contains("the OpenCL device is lost"), message);
        assertTrue(message.contains("CL_DEVICE_NOT_AVAILABLE"), message);
    }
}
