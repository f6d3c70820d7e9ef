package dev.quire.server.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/** Makes meters with vLLM's prefix and labels. */
final class Meters {
    private static final String PREFIX = "vllm.";

    private final MeterRegistry registry;
    private final Tags tags;

    /** @param model the served name */
    Meters(MeterRegistry registry, String model) {
        this.registry = registry;
        this.tags = Tags.of("model_name", model, "engine", "0");
    }

    /** A histogram of durations; its name ends in {@code _seconds}. */
    Timer durations(String name, String help, double... seconds) {
        Duration[] bounds = DoubleStream.of(seconds)
                .mapToObj(bound -> Duration.ofNanos(Math.round(bound * 1e9)))
                .toArray(Duration[]::new);
        return Timer.builder(PREFIX + name)
                .description(help)
                .tags(tags)
                .serviceLevelObjectives(bounds)
                .register(registry);
    }

    /** A histogram of whole numbers. */
    DistributionSummary counts(String name, String help, double... bounds) {
        return DistributionSummary.builder(PREFIX + name)
                .description(help)
                .tags(tags)
                .serviceLevelObjectives(bounds)
                .register(registry);
    }

    Counter counter(String name, String help, String label, String value) {
        return Counter.builder(PREFIX + name)
                .description(help)
                .tags(tags.and(label, value))
                .register(registry);
    }

    <T> void counter(String name, String help, T source, ToDoubleFunction<T> value) {
        FunctionCounter.builder(PREFIX + name, source, value)
                .description(help)
                .tags(tags)
                .register(registry);
    }

    /** Always 1; what matters is its labels. */
    void info(String name, String help, Tags labels) {
        Gauge.builder(PREFIX + name, () -> 1)
                .description(help)
                .tags(tags.and(labels))
                .register(registry);
    }

    <T> void gauge(String name, String help, T source, ToDoubleFunction<T> value) {
        Gauge.builder(PREFIX + name, source, value)
                .description(help)
                .tags(tags)
                .strongReference(true)
                .register(registry);
    }
}
