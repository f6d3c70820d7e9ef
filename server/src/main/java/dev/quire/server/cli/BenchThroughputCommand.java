package dev.quire.server.cli;

import dev.quire.server.bench.Contender;
import dev.quire.server.bench.engine.Round;
import dev.quire.server.bench.engine.ThroughputReport;
import dev.quire.server.bench.limits.Limits;
import dev.quire.server.bench.model.BenchModel;
import dev.quire.server.bench.report.Plot;
import dev.quire.server.bench.report.Table;
import dev.quire.server.bench.trace.Trace;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures a trace through the engine, without HTTP. */
@Command(
        name = "throughput",
        description =
                "Runs a trace through the engine, all requests at once, and counts requests and tokens per second.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: quire bench throughput --trace sharegpt --num-prompts 64"})
final class BenchThroughputCommand extends BenchEngineCommand {
    @Mixin
    private BenchTrace trace;

    @Option(names = "--trace-only", description = "Make and save the trace, and do not run it.")
    private boolean traceOnly;

    BenchThroughputCommand(Map<String, String> environment) {
        super(environment, "throughput");
    }

    @Override
    Trace trace(BenchModel model) throws IOException {
        return trace.trace(model.info().vocabSize(), model.maxModelLen(), model.tokenizer());
    }

    @Override
    boolean traceOnly() {
        return traceOnly;
    }

    @Override
    Table table(
            Trace ran, BenchModel model, List<Contender> contenders, List<Limits> limits, List<List<Round>> rounds) {
        return ThroughputReport.table(ran, model.forward(), contenders, limits, rounds);
    }

    @Override
    List<Plot> plots(Trace ran, List<Contender> contenders, List<List<Round>> rounds) {
        return ThroughputReport.plots(ran, contenders, rounds);
    }
}
