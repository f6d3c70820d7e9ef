package dev.quire.server.bench.http;

import dev.quire.server.bench.report.Column;
import dev.quire.server.bench.report.Plot;
import dev.quire.server.bench.report.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Loads as tables and plots.
 *
 * @param loads in the order of the rates
 * @param goodput what a client is content with, if that is asked
 */
public record LoadReport(List<Load> loads, Optional<Goodput> goodput) {
    private static final List<Double> PERCENTILES = List.of(50.0, 90.0, 99.0);

    public LoadReport {
        loads = List.copyOf(loads);
    }

    /** How much was answered at each rate, and how fast. */
    public List<Table> tables() {
        Table load = Table.of(
                "load",
                "load",
                Column.text("rate", "requests/s offered"),
                Column.number("completed", "completed", 0),
                Column.number("failed", "failed", 0),
                Column.number("seconds", "s", 2),
                Column.number("requests_per_second", "requests/s", 2),
                Column.number("output_tokens_per_second", "output tokens/s", 1),
                Column.number("goodput_per_second", "good requests/s", 2));
        Table latency = Table.of(
                "latencies",
                "latencies",
                Column.text("rate", "requests/s offered"),
                Column.text("metric", "metric"),
                Column.millis("mean_seconds", "mean ms"),
                Column.millis("p50_seconds", "p50 ms"),
                Column.millis("p90_seconds", "p90 ms"),
                Column.millis("p99_seconds", "p99 ms"));
        for (Load each : loads) {
            load = load.with(
                    rate(each),
                    each.answers().size(),
                    each.failures().size(),
                    each.seconds(),
                    each.answers().size() / each.seconds(),
                    each.outputTokens() / each.seconds(),
                    good(each) / each.seconds());
            for (Metric metric : Metric.values()) {
                Percentiles times = percentiles(each, metric);
                latency = latency.with(
                        rate(each), metric.title(), times.mean(), times.at(50), times.at(90), times.at(99));
            }
        }
        return List.of(load, latency);
    }

    private double good(Load load) {
        return goodput.map(limits ->
                        (double) load.answers().stream().filter(limits::kept).count())
                .orElse(Double.NaN);
    }

    private static Percentiles percentiles(Load load, Metric metric) {
        return new Percentiles(load.answers().stream().flatMapToDouble(metric::of));
    }

    private static String rate(Load load) {
        return Double.isInfinite(load.rate()) ? "inf" : String.format(Locale.ROOT, "%.4g", load.rate());
    }

    /** Latencies over the rates, or bars where there is one rate. */
    public List<Plot> plots() {
        List<Load> finite =
                loads.stream().filter(load -> Double.isFinite(load.rate())).toList();
        List<Plot> plots = new ArrayList<>();
        for (Metric metric : Metric.values()) {
            if (finite.size() > 1) {
                List<Plot.Line> lines = PERCENTILES.stream()
                        .map(percent -> line(
                                "p%.0f".formatted(percent),
                                finite,
                                load -> percentiles(load, metric).at(percent) * 1e3))
                        .toList();
                plots.add(new Plot.Lines(metric.title(), "requests/s", "ms", lines));
            } else {
                plots.add(new Plot.Bars(metric.title(), "ms", bars(metric)));
            }
        }
        return plots;
    }

    private List<Plot.Bar> bars(Metric metric) {
        List<Plot.Bar> bars = new ArrayList<>();
        for (Load load : loads) {
            for (double percent : PERCENTILES) {
                double seconds = percentiles(load, metric).at(percent);
                bars.add(new Plot.Bar(
                        "p%.0f at %s requests/s".formatted(percent, rate(load)),
                        Double.isNaN(seconds) ? 0 : seconds * 1e3));
            }
        }
        return bars;
    }

    private static Plot.Line line(String label, List<Load> loads, ToDoubleFunction<Load> value) {
        return new Plot.Line(
                label,
                loads.stream()
                        .map(load -> new Plot.Point(load.rate(), value.applyAsDouble(load)))
                        .filter(point -> !Double.isNaN(point.y()))
                        .toList());
    }
}
