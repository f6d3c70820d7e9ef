package dev.quire.server.bench.engine;

import dev.quire.api.program.Program;
import dev.quire.server.bench.Contender;
import dev.quire.server.bench.limits.Limits;
import dev.quire.server.bench.measure.Runs;
import dev.quire.server.bench.report.Column;
import dev.quire.server.bench.report.Plot;
import dev.quire.server.bench.report.Table;
import dev.quire.server.bench.trace.Trace;
import java.util.ArrayList;
import java.util.List;

/** How much of a trace each contender did in a second. */
public final class ThroughputReport {
    private ThroughputReport() {}

    /**
     * One row for each contender.
     *
     * @param limits of each
     * @param rounds of each
     */
    public static Table table(
            Trace trace, Program forward, List<Contender> contenders, List<Limits> limits, List<List<Round>> rounds) {
        Table table = Table.of(
                "throughput",
                "throughput; speeds are beside " + contenders.getFirst().name() + "'s",
                Column.text("backend", "backend"),
                Column.number("rounds", "rounds", 0),
                Column.number("seconds", "s", 3),
                Column.percent("spread", "spread %"),
                Column.number("requests_per_second", "requests/s", 2),
                Column.number("output_tokens_per_second", "output tokens/s", 1),
                Column.number("tokens_per_second", "all tokens/s", 1),
                Column.number("speed", "speed", 2),
                Column.percent("of_arithmetic", "of arithmetic %"),
                Column.percent("of_memory", "of memory %"),
                Column.number("steps", "steps", 0),
                Column.number("prefix_hits", "prefix hits", 0),
                Column.number("preemptions", "preemptions", 0));
        double first = runs(rounds.getFirst()).median();
        Work work = new Work(forward);
        for (int i = 0; i < contenders.size(); i++) {
            Runs runs = runs(rounds.get(i));
            Round last = rounds.get(i).getLast();
            double seconds = runs.median();
            long tokens = trace.promptTokens() + trace.outputTokens();
            table = table.with(
                    contenders.get(i).name(),
                    runs.count(),
                    seconds,
                    runs.spread(),
                    trace.requests().size() / seconds,
                    trace.outputTokens() / seconds,
                    tokens / seconds,
                    first / seconds,
                    work.arithmetic(tokens - last.prefixHits(), trace.outputTokens(), limits.get(i)) / seconds,
                    work.memory(last.steps(), limits.get(i)) / seconds,
                    last.steps(),
                    last.prefixHits(),
                    last.preemptions());
        }
        return table;
    }

    private static Runs runs(List<Round> rounds) {
        return new Runs(rounds.stream().map(Round::seconds).toList());
    }

    /** Output tokens per second of each contender. */
    public static List<Plot> plots(Trace trace, List<Contender> contenders, List<List<Round>> rounds) {
        List<Plot.Bar> bars = new ArrayList<>();
        for (int i = 0; i < contenders.size(); i++) {
            bars.add(new Plot.Bar(
                    contenders.get(i).name(),
                    trace.outputTokens() / runs(rounds.get(i)).median()));
        }
        return List.of(new Plot.Bars("output of " + trace.name(), "tokens/s", bars));
    }
}
