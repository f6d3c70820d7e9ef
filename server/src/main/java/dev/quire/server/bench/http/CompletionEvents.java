package dev.quire.server.bench.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The events of one streamed answer, and when they came. Choices come in turns; the time between texts is counted within each. */
final class CompletionEvents {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DATA = "data:";

    private final int choices;
    /** When the last text of a choice came. */
    private final Map<Integer, Double> last = new HashMap<>();

    private final List<Double> gaps = new ArrayList<>();
    private double first = Double.NaN;
    private int texts;
    private int tokens;
    private boolean done;

    /** @param choices that the request asked for */
    CompletionEvents(int choices) {
        this.choices = choices;
    }

    /**
     * Takes a line of the stream.
     *
     * @param now seconds since the request was sent
     * @throws IOException if the server says that it failed
     */
    void line(String line, double now) throws IOException {
        if (!line.startsWith(DATA)) {
            return;
        }
        String data = line.substring(DATA.length()).strip();
        if (data.equals("[DONE]")) {
            done = true;
            return;
        }
        JsonNode event = JSON.readTree(data);
        if (event.has("error")) {
            throw new IOException("the stream ended with " + event.get("error"));
        }
        for (JsonNode choice : event.path("choices")) {
            if (!choice.path("text").asText().isEmpty()) {
                text(choice.path("index").asInt(0), now);
            }
        }
        tokens = Math.max(tokens, event.path("usage").path("completion_tokens").asInt(0));
    }

    private void text(int choice, double now) {
        texts++;
        first = texts == 1 ? now : first;
        Double before = last.put(choice, now);
        if (before != null) {
            gaps.add(now - before);
        }
    }

    /**
     * What came.
     *
     * @param end seconds from sending the request to the end of the stream
     * @throws IOException if the stream broke off
     */
    StreamTimes end(double end) throws IOException {
        if (!done) {
            throw new IOException("the stream broke off after %d events".formatted(texts));
        }
        return new StreamTimes(texts == 0 ? end : first, end, gaps, tokens == 0 ? texts : tokens, choices);
    }
}
