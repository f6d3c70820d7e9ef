package dev.quire.server.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code quire serve} with the tiny model, in reproducible numerics and a process of its own, and a client for it. */
final class ServerProcess implements AutoCloseable {
    private static final Pattern SERVING = Pattern.compile("Serving tiny at (http://\\S+), reproducible numerics");
    private static final long PATIENCE_MINUTES = 10;

    /** How a process ends that aborts, and one that reads where nothing is. */
    private static final List<Integer> CRASHES = List.of(128 + 6, 128 + 11);

    private final Process process;
    private final HttpClient client = HttpClient.newHttpClient();
    private final String url;

    private ServerProcess(Process process) throws IOException {
        this.process = process;
        drain(process.inputReader());
        BufferedReader said = process.errorReader();
        this.url = url(said);
        drain(said);
    }

    /** Starts a server and waits until it says where it serves. */
    static ServerProcess start(Map<String, String> environment, String backend) throws IOException {
        List<String> arguments = List.of(
                "serve",
                "--model=tiny",
                "--backend=" + backend,
                "--numerics=reproducible",
                "--max-model-len=512",
                "--host=localhost",
                "--port=0");
        return new ServerProcess(CommandRun.start(environment, arguments));
    }

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

    /** Reads and drops what comes, so that the process never waits for a reader. */
    private static void drain(BufferedReader said) {
        Thread.startVirtualThread(() -> {
            try {
                said.transferTo(Writer.nullWriter());
            } catch (IOException e) {
                return; // a process that is stopped may close the pipe before its end is read
            }
        });
    }

    /** The status of a GET. */
    int status(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + path)).build();
        return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    /**
     * Continues a text.
     *
     * @param more fields of the request
     */
    HttpResponse<String> complete(JsonObject more) throws IOException, InterruptedException {
        return client.send(completion(more), HttpResponse.BodyHandlers.ofString());
    }

    /** The same while others go on; an answer that does not end is an error. */
    CompletableFuture<HttpResponse<String>> completing(JsonObject more) {
        return client.sendAsync(completion(more), HttpResponse.BodyHandlers.ofString())
                .orTimeout(PATIENCE_MINUTES, TimeUnit.MINUTES);
    }

    private HttpRequest completion(JsonObject more) {
        JsonObject body =
                new JsonObject().put("model", "tiny").put("prompt", "Once").mergeIn(more);
        return HttpRequest.newBuilder(URI.create(url + "/v1/completions"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.encode()))
                .build();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Stops it, which it does without a crash. */
    @Override
    public void close() {
        process.destroy();
        client.shutdownNow();
        process.onExit()
                .orTimeout(PATIENCE_MINUTES, TimeUnit.MINUTES)
                .whenComplete((ended, late) -> process.destroyForcibly())
                .join();
        assertFalse(CRASHES.contains(process.exitValue()), "it crashed: " + process.exitValue());
    }
}
