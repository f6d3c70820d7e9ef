package dev.quire.server.bench.http;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a client is content with; a request counts for goodput (Zhong et al. 2024) if it keeps all limits.
 *
 * @param limits seconds, by metric
 */
public record Goodput(Map<Metric, Double> limits) {
    public Goodput {
        limits = Map.copyOf(limits);
    }

    /**
     * Reads limits in milliseconds, such as {@code ttft:500,tpot:50}.
     *
     * @throws IllegalArgumentException saying how limits are written
     */
    public static Goodput parse(String text) {
        Map<Metric, Double> limits = new LinkedHashMap<>();
        for (String part : text.split(",")) {
            String[] pair = part.strip().split(":");
            try {
                double millis = Double.parseDouble(pair[pair.length - 1]);
                if (pair.length == 2 && millis > 0) {
                    limits.put(Metric.of(pair[0]), millis * 1e-3);
                    continue;
                }
            } catch (NumberFormatException e) {
                throw wrong(part, e);
            }
            throw wrong(part, new IllegalArgumentException(part));
        }
        return new Goodput(limits);
    }

    private static IllegalArgumentException wrong(String part, Exception cause) {
        return new IllegalArgumentException(
                "--goodput has '%s'; give limits in milliseconds, such as ttft:500,tpot:50,e2el:10000".formatted(part),
                cause);
    }

    /** Whether the answer keeps all limits. */
    public boolean kept(StreamTimes times) {
        return limits.entrySet().stream()
                .allMatch(limit -> limit.getKey().of(times).noneMatch(seconds -> seconds > limit.getValue()));
    }
}
