package dev.quire.server.cli;

import dev.quire.server.bench.Machine;
import dev.quire.server.bench.measure.Runs;
import dev.quire.server.bench.report.Column;
import dev.quire.server.bench.report.Plot;
import dev.quire.server.bench.report.Report;
import dev.quire.server.bench.report.Report.Fact;
import dev.quire.server.bench.report.Table;
import dev.quire.server.bench.startup.Start;
import dev.quire.server.bench.startup.StartupBench;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures how long a server takes until it serves. */
@Command(
        name = "startup",
        description =
                "Starts a server again and again, and times it until it listens and until its first token is there.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: quire bench startup --rounds 5 -- --model smollm2 --backend cpu"})
final class BenchStartupCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--rounds",
            defaultValue = "5",
            paramLabel = "N",
            description = "Starts that count, after one that warms the disk. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Parameters(paramLabel = "OPTIONS", description = "Options of serve, after --.")
    private List<String> options = new ArrayList<>();

    @Mixin
    private BenchOutput output;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (rounds < 1) {
            throw new IllegalArgumentException("--rounds is %d; at least 1 is needed".formatted(rounds));
        }
        StartupBench bench = new StartupBench(options);
        List<Start> starts = new ArrayList<>();
        for (int round = 0; round <= rounds; round++) {
            spec.commandLine().getErr().println(round == 0 ? "warming up" : "start %d of %d".formatted(round, rounds));
            spec.commandLine().getErr().flush();
            Start start = bench.run();
            if (round > 0) {
                starts.add(start);
            }
        }
        output.write(report(starts), spec.commandLine().getOut());
        return 0;
    }

    private Report report(List<Start> starts) {
        Table table = Table.of(
                "startup",
                "from the start of the process",
                Column.text("until", "until"),
                Column.number("starts", "starts", 0),
                Column.number("seconds", "s", 3),
                Column.percent("spread", "spread %"));
        List<Plot.Bar> bars = new ArrayList<>();
        List<Fact> facts = new ArrayList<>(Machine.facts());
        facts.add(new Fact("options", options.isEmpty() ? "none" : String.join(" ", options)));
        table = row(table, bars, "its version is printed (--version)", starts, Start::version);
        table = row(table, bars, "it serves", starts, Start::listening);
        table = row(table, bars, "its first token is there", starts, Start::answered);
        return new Report("startup", facts, List.of(table), List.of(new Plot.Bars("start of a server", "s", bars)));
    }

    private static Table row(
            Table table, List<Plot.Bar> bars, String until, List<Start> starts, ToDoubleFunction<Start> seconds) {
        Runs runs = new Runs(starts.stream().map(seconds::applyAsDouble).toList());
        bars.add(new Plot.Bar(until, runs.median()));
        return table.with(until, runs.count(), runs.median(), runs.spread());
    }
}
