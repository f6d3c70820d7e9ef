package dev.quire.server.bench.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quire.server.bench.trace.TraceRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Streams completions from an OpenAI-compatible server and notes when their parts come. Safe from any thread. */
public final class CompletionClient implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LONGEST = Duration.ofHours(1);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    private final URI base;
    private final Optional<String> apiKey;
    private final Duration longest;

    /** @param base of the API, such as {@code http://localhost:8000}; with or without {@code /v1} */
    public CompletionClient(URI base, Optional<String> apiKey) {
        this(base, apiKey, LONGEST);
    }

    /** @param longest time that an answer may take */
    public CompletionClient(URI base, Optional<String> apiKey, Duration longest) {
        this.longest = longest;
        this.base = URI.create(base.toString().replaceFirst("/(v1/?)?$", ""));
        this.apiKey = apiKey;
    }

    /**
     * The name of the first model that the server lists.
     *
     * @throws IOException if it lists none
     */
    public String firstModel() throws IOException, InterruptedException {
        HttpResponse<String> answer = send(request("/v1/models").GET().build(), HttpResponse.BodyHandlers.ofString());
        JsonNode name = answer.statusCode() == 200
                ? JSON.readTree(answer.body()).path("data").path(0).path("id")
                : JSON.missingNode();
        if (!name.isTextual()) {
            throw new IOException(
                    "%s lists no model at /v1/models (status %d). Pass --model with a name that it serves."
                            .formatted(base, answer.statusCode()));
        }
        return name.textValue();
    }

    /**
     * Asks the first model for one token, and waits for it.
     *
     * @throws IOException as {@link #firstModel} does, or if the server refuses
     */
    public void firstToken() throws IOException, InterruptedException {
        stream(firstModel(), new TraceRequest(new int[] {1}, 1, 1));
    }

    /**
     * Sends the first model a user's message and waits for one token of the answer.
     *
     * @return the status of the answer: 400 where the model has no chat template
     * @throws IOException as {@link #firstModel} does
     */
    public int message(String text) throws IOException, InterruptedException {
        ObjectNode body = JSON.createObjectNode().put("model", firstModel()).put("max_tokens", 1);
        body.putArray("messages").addObject().put("role", "user").put("content", text);
        HttpRequest request = request("/v1/chat/completions")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
        return send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
    }

    /**
     * Sends a request whose answer has its whole length, and reads it to its end.
     *
     * @throws IOException if the server refuses it, with what it says, breaks off, or does not end
     */
    StreamTimes stream(String model, TraceRequest request) throws IOException, InterruptedException {
        ObjectNode body = body(model, request);
        HttpRequest post = request("/v1/completions")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
        long start = System.nanoTime();
        HttpResponse<InputStream> answer = send(post, HttpResponse.BodyHandlers.ofInputStream());
        InputStream stream = answer.body();
        CompletableFuture<Void> whole = new CompletableFuture<>(); // the request's own timeout ends with the headers
        whole.orTimeout(longest.toMillis(), TimeUnit.MILLISECONDS).whenComplete((read, late) -> close(stream));
        try {
            if (answer.statusCode() != 200) {
                throw new IOException("status %d: %s"
                        .formatted(
                                answer.statusCode(),
                                new String(stream.readNBytes(500), StandardCharsets.UTF_8).strip()));
            }
            return read(stream, request, start);
        } catch (IOException e) {
            throw whole.isCompletedExceptionally()
                    ? new IOException("the answer did not end within %d ms".formatted(longest.toMillis()), e)
                    : e;
        } finally {
            whole.complete(null);
        }
    }

    /** A request for a stream of the whole length that {@code request} asks for. */
    static ObjectNode body(String model, TraceRequest request) {
        ObjectNode body = JSON.createObjectNode()
                .put("model", model)
                .put("max_tokens", request.outputTokens())
                .put("n", request.n())
                .put("temperature", request.n() > 1 ? 1 : 0)
                .put("ignore_eos", true)
                .put("stream", true);
        body.putObject("stream_options").put("include_usage", true);
        var prompt = body.putArray("prompt");
        for (int token : request.prompt()) {
            prompt.add(token);
        }
        return body;
    }

    private static StreamTimes read(InputStream stream, TraceRequest request, long start) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
        CompletionEvents events = new CompletionEvents(request.n());
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            events.line(line, seconds(start));
        }
        return events.end(seconds(start));
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) * 1e-9;
    }

    /** Wakes whoever reads it. */
    private static void close(InputStream stream) {
        try {
            stream.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> body)
            throws IOException, InterruptedException {
        try {
            return http.send(request, body);
        } catch (java.net.ConnectException e) {
            throw new IOException(
                    "nothing answers at %s. Start a server there, or pass --url with its address.".formatted(base), e);
        }
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(base.resolve(base.getPath() + path)).timeout(longest);
        apiKey.ifPresent(key -> request.header("Authorization", "Bearer " + key));
        return request;
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
