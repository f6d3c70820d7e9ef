package dev.quire.server.bench.http;

import java.util.List;

/**
 * When the parts of one streamed answer came.
 *
 * @param firstToken seconds from sending the request to the first text
 * @param end seconds from sending the request to the end of the stream
 * @param gaps seconds between one event with text and the next
 * @param outputTokens of all choices, as the server counts them
 */
public record StreamTimes(double firstToken, double end, List<Double> gaps, int outputTokens) {
    public StreamTimes {
        gaps = List.copyOf(gaps);
    }

    /** Seconds for each token after the first; NaN if there is none. */
    public double perOutputToken() {
        return outputTokens < 2 ? Double.NaN : (end - firstToken) / (outputTokens - 1);
    }
}
