package dev.quire.server.bench.http;

import java.util.Locale;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** What is measured of an answer, under vLLM's short names. */
public enum Metric {
    /** Time to first token. */
    TTFT("time to first token", times -> DoubleStream.of(times.firstToken())),
    /** Time per output token after the first. */
    TPOT(
            "time per output token",
            times -> DoubleStream.of(times.perOutputToken()).filter(seconds -> !Double.isNaN(seconds))),
    /** Inter-token latency: each wait for more text. */
    ITL("inter-token latency", times -> times.gaps().stream().mapToDouble(gap -> gap)),
    /** End-to-end latency. */
    E2EL("end-to-end latency", times -> DoubleStream.of(times.end()));

    private final String title;
    private final Function<StreamTimes, DoubleStream> values;

    Metric(String title, Function<StreamTimes, DoubleStream> values) {
        this.title = title;
        this.values = values;
    }

    /** In words. */
    public String title() {
        return title;
    }

    /** The short name. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Its values in one answer, seconds. */
    DoubleStream of(StreamTimes times) {
        return values.apply(times);
    }

    /**
     * The metric of that short name.
     *
     * @throws IllegalArgumentException listing them, if there is none
     */
    static Metric of(String label) {
        return Stream.of(values())
                .filter(metric -> metric.label().equalsIgnoreCase(label.strip()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "no metric is called '%s'; there are ttft, tpot, itl and e2el".formatted(label)));
    }
}
