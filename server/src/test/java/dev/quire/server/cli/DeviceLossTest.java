package dev.quire.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.core.testing.DeviceBackends;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A started server whose device is lost in the middle of answers: all of them fail with the reason, but those that were over, and the server stays to say so. */
class DeviceLossTest {
    /** A few tokens' worth, of hundreds that are asked for. */
    private static final String LAUNCHES = "2000";

    private static final JsonObject LONG =
            new JsonObject().put("max_tokens", 400).put("ignore_eos", true).put("stream", true);

    /** Over long before the loss, in steps that the others share. */
    private static final JsonObject SHORT =
            new JsonObject().put("max_tokens", 2).put("ignore_eos", true);

    private static final int CLIENTS = 4;

    @TempDir
    Path home;

    @Test
    void answersOnLevelZeroFailWithTheReasonAndTheServerSaysThatItIsUnhealthy()
            throws IOException, InterruptedException {
        DeviceBackends.assume(DeviceBackends.LEVEL_ZERO);
        lose(DeviceBackends.LEVEL_ZERO, Map.of("LOOPBACK_LOSE_AFTER", LAUNCHES), "the device was lost");
    }

    @Test
    void answersOnCudaFailWithTheReasonAndTheServerSaysThatItIsUnhealthy() throws IOException, InterruptedException {
        CudaStub.assume();
        lose(
                "cuda",
                CudaStub.environment(CudaStub.FOLDER, home, Map.of("LOSE_AFTER", LAUNCHES)),
                "a kernel failed, and the device with it (CUDA_ERROR_LAUNCH_FAILED, 719); restart Quire");
    }

    private static void lose(String backend, Map<String, String> environment, String reason)
            throws IOException, InterruptedException {
        try (ServerProcess server = ServerProcess.start(environment, backend)) {
            assertEquals(200, server.status("/health"));
            CompletableFuture<HttpResponse<String>> early = server.completing(SHORT);
            List<String> answers = Stream.generate(() -> server.completing(LONG)).limit(CLIENTS).toList().stream()
                    .map(answer -> answer.join().body())
                    .toList();
            assertEquals(200, early.join().statusCode(), early.join().body());
            JsonObject usage = new JsonObject(early.join().body()).getJsonObject("usage");
            assertEquals(SHORT.getInteger("max_tokens"), usage.getInteger("completion_tokens"));
            for (String answer : answers) {
                assertTrue(
                        answer.lines().anyMatch(line -> line.contains("\"error\"") && line.contains(reason)), answer);
            }
            assertTrue(
                    answers.stream().anyMatch(answer -> answer.contains("\"choices\"")),
                    "tokens came before the loss: " + answers);
            assertEquals(503, server.status("/health"));
            HttpResponse<String> refused = server.complete(LONG);
            assertEquals(503, refused.statusCode(), refused.body());
            assertTrue(refused.body().contains(reason), refused.body());
            assertEquals(200, server.status("/metrics"));
        }
    }
}
