package dev.quire.server.bench.trace;

import java.util.List;

/**
 * Requests in the order in which they arrive.
 *
 * @param name for the report, with the seed or the file that it came from
 * @param requests at least one
 */
public record Trace(String name, List<TraceRequest> requests) {
    /** @throws IllegalArgumentException if there is no request */
    public Trace {
        requests = List.copyOf(requests);
        if (requests.isEmpty()) {
            throw new IllegalArgumentException("trace '%s' has no request; give at least one".formatted(name));
        }
    }

    /** Tokens of all prompts. */
    public long promptTokens() {
        return requests.stream().mapToLong(request -> request.prompt().length).sum();
    }

    /** Tokens that all choices generate. */
    public long outputTokens() {
        return requests.stream()
                .mapToLong(request -> (long) request.outputTokens() * request.n())
                .sum();
    }

    /** Tokens of the longest sequence. */
    public int longest() {
        return requests.stream().mapToInt(TraceRequest::length).max().orElse(0);
    }
}
