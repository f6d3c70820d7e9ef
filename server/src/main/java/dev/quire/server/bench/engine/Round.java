package dev.quire.server.bench.engine;

import java.util.List;

/**
 * A trace that has run once.
 *
 * @param seconds from the first submission to the last token
 * @param waited seconds of them in which the engine waited for the backend
 * @param allocatedBytes that the engine thread has allocated meanwhile
 * @param requests in the trace's order
 * @param steps that the engine ran
 * @param prefixHits prompt tokens that the prefix cache had
 * @param preemptions sequences that had to give their blocks back
 */
public record Round(
        double seconds,
        double waited,
        long allocatedBytes,
        List<RequestTimes> requests,
        long steps,
        long prefixHits,
        long preemptions) {
    public Round {
        requests = List.copyOf(requests);
    }

    /** Bytes that the engine thread has allocated for each token that was generated. */
    double allocatedPerToken() {
        return (double) allocatedBytes
                / requests.stream().mapToInt(RequestTimes::outputTokens).sum();
    }
}
