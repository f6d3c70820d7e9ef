package dev.quire.server.cli;

import dev.quire.server.bench.Contender;
import dev.quire.server.bench.engine.LatencyReport;
import dev.quire.server.bench.engine.Round;
import dev.quire.server.bench.limits.Limits;
import dev.quire.server.bench.model.BenchModel;
import dev.quire.server.bench.report.Plot;
import dev.quire.server.bench.report.Table;
import dev.quire.server.bench.trace.Trace;
import dev.quire.server.bench.trace.TraceMaker;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures one batch from its submission to its last token. */
@Command(
        name = "latency",
        description =
                "Times one batch of requests through the engine: until it is done, until the first tokens, and for each further one.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: quire bench latency --batch-size 8 --input-len 32 --output-len 128"})
final class BenchLatencyCommand extends BenchEngineCommand {
    @Option(
            names = "--batch-size",
            defaultValue = "8",
            paramLabel = "N",
            description = "Requests of the batch. Default: ${DEFAULT-VALUE}.")
    private int batchSize;

    @Option(
            names = "--input-len",
            defaultValue = "32",
            paramLabel = "N",
            description = "Tokens of each prompt. Default: ${DEFAULT-VALUE}.")
    private int inputLen;

    @Option(
            names = "--output-len",
            defaultValue = "128",
            paramLabel = "N",
            description = "Tokens of each answer. Default: ${DEFAULT-VALUE}.")
    private int outputLen;

    BenchLatencyCommand(Map<String, String> environment) {
        super(environment, "latency");
    }

    @Override
    Trace trace(BenchModel model) {
        return new TraceMaker(model.info().vocabSize(), model.maxModelLen(), 0).batch(batchSize, inputLen, outputLen);
    }

    @Override
    Table table(
            Trace trace, BenchModel model, List<Contender> contenders, List<Limits> limits, List<List<Round>> rounds) {
        return LatencyReport.table(trace, model.forward(), contenders, limits, rounds);
    }

    @Override
    List<Plot> plots(Trace trace, List<Contender> contenders, List<List<Round>> rounds) {
        return LatencyReport.plots(trace, contenders, rounds);
    }
}
