package dev.quire.server.bench.http;

import java.util.List;

/**
 * When the parts of one streamed answer came.
 *
 * @param firstToken seconds from sending the request to the first text
 * @param end seconds from sending the request to the end of the stream
 * @param gaps seconds between one event with text and the next of the same choice
 * @param outputTokens of all choices, as the server counts them
 * @param choices that came side by side, all of one length
 */
public record StreamTimes(double firstToken, double end, List<Double> gaps, int outputTokens, int choices) {
    public StreamTimes {
        gaps = List.copyOf(gaps);
    }

    /** Seconds for each token of a choice after its first; NaN if there is none. */
    public double perOutputToken() {
        double each = (double) outputTokens / choices;
        return each < 2 ? Double.NaN : (end - firstToken) / (each - 1);
    }
}
