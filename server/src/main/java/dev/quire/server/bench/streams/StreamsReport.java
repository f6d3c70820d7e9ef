package dev.quire.server.bench.streams;

import dev.quire.server.bench.measure.Runs;
import dev.quire.server.bench.report.Column;
import dev.quire.server.bench.report.Plot;
import dev.quire.server.bench.report.Table;
import dev.quire.server.bench.trace.Trace;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** What streams cost. */
public final class StreamsReport {
    private StreamsReport() {}

    /**
     * A row for the engine alone and one for the streams. Costs are medians over the rounds, each of which compares its own two times.
     *
     * @param processors that client, server and backend share
     */
    public static Table table(Trace trace, List<StreamsRound> rounds, int processors) {
        Runs engine = runs(rounds, StreamsRound::engine);
        Runs streams = runs(rounds, StreamsRound::streams);
        double client = runs(rounds, round -> round.client() / (processors * round.streams()))
                .median();
        return Table.of(
                        "streams",
                        "the same requests at once through the engine, and as streams over HTTP",
                        Column.text("way", "way"),
                        Column.number("rounds", "rounds", 0),
                        Column.number("seconds", "s", 3),
                        Column.percent("spread", "spread %"),
                        Column.number("output_tokens_per_second", "output tokens/s", 1),
                        Column.percent("cost", "cost %"),
                        Column.percent("client_share", "client %"),
                        Column.percent("cost_without_client", "cost without client %"))
                .with(
                        "engine alone",
                        engine.count(),
                        engine.median(),
                        engine.spread(),
                        trace.outputTokens() / engine.median(),
                        Double.NaN,
                        Double.NaN,
                        Double.NaN)
                .with(
                        "%d streams".formatted(trace.requests().size()),
                        streams.count(),
                        streams.median(),
                        streams.spread(),
                        trace.outputTokens() / streams.median(),
                        runs(rounds, StreamsRound::cost).median(),
                        client,
                        runs(rounds, round -> round.costWithoutClient(processors))
                                .median());
    }

    private static Runs runs(List<StreamsRound> rounds, ToDoubleFunction<StreamsRound> part) {
        return new Runs(rounds.stream().map(part::applyAsDouble).toList());
    }

    /** Output tokens per second of both ways. */
    public static List<Plot> plots(Trace trace, List<StreamsRound> rounds) {
        return List.of(new Plot.Bars(
                "output of " + trace.name(),
                "tokens/s",
                List.of(
                        new Plot.Bar(
                                "engine alone",
                                trace.outputTokens()
                                        / runs(rounds, StreamsRound::engine).median()),
                        new Plot.Bar(
                                "streams",
                                trace.outputTokens()
                                        / runs(rounds, StreamsRound::streams).median()))));
    }
}
