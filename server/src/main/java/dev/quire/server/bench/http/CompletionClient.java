package dev.quire.server.bench.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quire.server.bench.trace.TraceRequest;
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
import java.util.Optional;

/** Streams completions from an OpenAI-compatible server and notes when their parts come. Safe from any thread. */
public final class CompletionClient implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DATA = "data:";
    private static final Duration LONGEST = Duration.ofHours(1);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    private final URI base;
    private final Optional<String> apiKey;

    /** @param base of the API, such as {@code http://localhost:8000}; with or without {@code /v1} */
    public CompletionClient(URI base, Optional<String> apiKey) {
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
     * Sends a request whose answer has its whole length, and reads it to its end.
     *
     * @throws IOException if the server refuses it, with what it says, or breaks off
     */
    StreamTimes stream(String model, TraceRequest request) throws IOException, InterruptedException {
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
        HttpRequest post = request("/v1/completions")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
        long start = System.nanoTime();
        HttpResponse<InputStream> answer = send(post, HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream stream = answer.body()) {
            if (answer.statusCode() != 200) {
                throw new IOException("status %d: %s"
                        .formatted(
                                answer.statusCode(),
                                new String(stream.readNBytes(500), StandardCharsets.UTF_8).strip()));
            }
            return read(stream, start);
        }
    }

    private static StreamTimes read(InputStream stream, long start) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
        List<Double> texts = new ArrayList<>();
        int tokens = 0;
        boolean done = false;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            double now = (System.nanoTime() - start) * 1e-9;
            if (line.startsWith(DATA)) {
                String data = line.substring(DATA.length()).strip();
                if (data.equals("[DONE]")) {
                    done = true;
                } else {
                    JsonNode event = JSON.readTree(data);
                    if (event.has("error")) {
                        throw new IOException("the stream ended with " + event.get("error"));
                    }
                    if (!event.path("choices").path(0).path("text").asText().isEmpty()) {
                        texts.add(now);
                    }
                    tokens = Math.max(
                            tokens,
                            event.path("usage").path("completion_tokens").asInt(0));
                }
            }
        }
        double end = (System.nanoTime() - start) * 1e-9;
        if (!done) {
            throw new IOException("the stream broke off after %d events".formatted(texts.size()));
        }
        List<Double> gaps = new ArrayList<>();
        for (int i = 1; i < texts.size(); i++) {
            gaps.add(texts.get(i) - texts.get(i - 1));
        }
        return new StreamTimes(
                texts.isEmpty() ? end : texts.getFirst(), end, gaps, tokens == 0 ? texts.size() : tokens);
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
                HttpRequest.newBuilder(base.resolve(base.getPath() + path)).timeout(LONGEST);
        apiKey.ifPresent(key -> request.header("Authorization", "Bearer " + key));
        return request;
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
