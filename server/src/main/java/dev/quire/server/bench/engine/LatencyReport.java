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
import java.util.function.ToDoubleFunction;

/** How long one batch took on each contender. */
public final class LatencyReport {
    private LatencyReport() {}

    /**
     * One row for each contender.
     *
     * @param batch of requests that all have the same lengths
     * @param limits of each
     * @param rounds of each
     */
    public static Table table(
            Trace batch, Program forward, List<Contender> contenders, List<Limits> limits, List<List<Round>> rounds) {
        Table table = Table.of(
                "latency",
                "one batch; speeds are beside " + contenders.getFirst().name() + "'s",
                Column.text("backend", "backend"),
                Column.number("rounds", "rounds", 0),
                Column.millis("seconds", "batch ms"),
                Column.percent("spread", "spread %"),
                Column.number("speed", "speed", 2),
                Column.millis("first_token_seconds", "first tokens ms"),
                Column.percent("first_token_of_arithmetic", "of arithmetic %"),
                Column.millis("per_output_token_seconds", "per output token ms"),
                Column.percent("per_output_token_of_limit", "of limit %"),
                new Column("step_bytes", "weights MB", 1e-6, 1),
                new Column("step_flops", "step GFLOP", 1e-9, 1),
                Column.percent("host_share", "host %"),
                Column.number("allocated_bytes_per_token", "host B/token", 0));
        Work work = new Work(forward);
        int requests = batch.requests().size();
        double fastest = seconds(rounds.getFirst(), Round::seconds).median();
        for (int i = 0; i < contenders.size(); i++) {
            Runs whole = seconds(rounds.get(i), Round::seconds);
            double first = seconds(rounds.get(i), LatencyReport::firstTokens).median();
            double each = seconds(rounds.get(i), LatencyReport::perOutputToken).median();
            Limits limit = limits.get(i);
            table = table.with(
                    contenders.get(i).name(),
                    whole.count(),
                    whole.median(),
                    whole.spread(),
                    fastest / whole.median(),
                    first,
                    work.arithmetic(batch.promptTokens(), requests, limit) / first,
                    each,
                    Math.max(work.memory(1, limit), work.arithmetic(requests, requests, limit)) / each,
                    work.bytes(),
                    work.operations(requests, requests),
                    seconds(rounds.get(i), LatencyReport::hostShare).median(),
                    seconds(rounds.get(i), Round::allocatedPerToken).median());
        }
        return table;
    }

    private static Runs seconds(List<Round> rounds, ToDoubleFunction<Round> part) {
        return new Runs(rounds.stream().map(part::applyAsDouble).toList());
    }

    /** Until every request has its first token. */
    private static double firstTokens(Round round) {
        return round.requests().stream()
                .mapToDouble(RequestTimes::firstToken)
                .max()
                .orElseThrow();
    }

    /** The part of the time in which the engine did not wait for the backend: scheduling, issuing, delivering. */
    private static double hostShare(Round round) {
        return 1 - round.waited() / round.seconds();
    }

    /** From then on, for each further token; NaN if there is none. */
    private static double perOutputToken(Round round) {
        int further = round.requests().getFirst().outputTokens() - 1;
        return further == 0 ? Double.NaN : (round.seconds() - firstTokens(round)) / further;
    }

    /** Milliseconds of each contender's batch. */
    public static List<Plot> plots(Trace batch, List<Contender> contenders, List<List<Round>> rounds) {
        List<Plot.Bar> bars = new ArrayList<>();
        for (int i = 0; i < contenders.size(); i++) {
            bars.add(new Plot.Bar(
                    contenders.get(i).name(),
                    seconds(rounds.get(i), Round::seconds).median() * 1e3));
        }
        return List.of(new Plot.Bars(batch.name(), "ms", bars));
    }
}
