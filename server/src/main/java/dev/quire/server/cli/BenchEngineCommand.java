package dev.quire.server.cli;

import dev.quire.api.AttentionBackend;
import dev.quire.core.engine.EngineOptions;
import dev.quire.core.llm.LlmOptions;
import dev.quire.server.bench.Contender;
import dev.quire.server.bench.Machine;
import dev.quire.server.bench.engine.EngineBench;
import dev.quire.server.bench.engine.Round;
import dev.quire.server.bench.limits.Limits;
import dev.quire.server.bench.model.BenchModel;
import dev.quire.server.bench.report.Plot;
import dev.quire.server.bench.report.Report;
import dev.quire.server.bench.report.Report.Fact;
import dev.quire.server.bench.report.Table;
import dev.quire.server.bench.trace.Trace;
import dev.quire.server.options.QuireOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A benchmark that runs a trace through engines; its subclasses choose the trace and read the rounds. */
abstract class BenchEngineCommand extends OptionsCommand {
    private final String mode;

    @Mixin
    private BenchSubject subject;

    @Mixin
    private BenchEffort effort;

    @Mixin
    private BenchOutput output;

    @Option(
            names = "--rounds",
            defaultValue = "3",
            paramLabel = "N",
            description =
                    "How often each backend runs everything, after one round to warm up. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    BenchEngineCommand(Map<String, String> environment, String mode) {
        super(environment, ENGINE);
        this.mode = mode;
    }

    /** What is run. */
    abstract Trace trace(BenchModel model) throws IOException;

    /** Whether the trace is only made, and not run. */
    boolean traceOnly() {
        return false;
    }

    /** What the rounds say. */
    abstract Table table(
            Trace trace, BenchModel model, List<Contender> contenders, List<Limits> limits, List<List<Round>> rounds);

    /** Pictures of it. */
    abstract List<Plot> plots(Trace trace, List<Contender> contenders, List<List<Round>> rounds);

    @Override
    public final Integer call() throws IOException {
        QuireOptions options = options();
        LlmOptions llm = unresolved(options);
        List<AttentionBackend> backends = subject.open(llm);
        try (BenchModel model = subject.made(options.model().model())
                .orElseGet(() -> subject.model(options.model().model(), found(options), backends))) {
            if (traceOnly()) {
                Trace made = trace(model);
                out().printf("%s: %d requests%n", made.name(), made.requests().size());
                return 0;
            }
            List<Contender> contenders =
                    BenchSubject.contenders(backends, List.of(options.device().numerics()));
            output.write(report(contenders, model, llm.engine(), threads(options)), out());
        } finally {
            backends.forEach(AttentionBackend::close);
        }
        return 0;
    }

    private Report report(List<Contender> contenders, BenchModel model, EngineOptions engine, int threads)
            throws IOException {
        Trace trace = trace(model);
        List<Limits> limits = contenders.stream()
                .map(each -> effort.limits(each.backend(), threads, err()))
                .toList();
        Table measured = Limits.table();
        for (int i = 0; i < limits.size(); i++) {
            measured = limits.get(i).addTo(measured, contenders.get(i).name());
        }
        List<Fact> facts = new ArrayList<>(Machine.facts(contenders, threads, model.name()));
        facts.add(new Fact("trace", trace.name()));
        facts.add(new Fact(
                "tokens",
                "%d requests, %d prompt tokens, %d output tokens"
                        .formatted(trace.requests().size(), trace.promptTokens(), trace.outputTokens())));
        try (EngineBench bench = new EngineBench(contenders, model, trace, engine, err()::println)) {
            List<List<Round>> all = bench.run(rounds);
            return new Report(
                    mode,
                    facts,
                    List.of(measured, table(trace, model, contenders, limits, all)),
                    plots(trace, contenders, all));
        }
    }
}
