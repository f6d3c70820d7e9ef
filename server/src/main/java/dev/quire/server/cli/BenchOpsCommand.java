package dev.quire.server.cli;

import dev.quire.api.AttentionBackend;
import dev.quire.core.llm.LlmOptions;
import dev.quire.server.bench.Contender;
import dev.quire.server.bench.Machine;
import dev.quire.server.bench.limits.Limits;
import dev.quire.server.bench.model.BenchModel;
import dev.quire.server.bench.ops.OpBench;
import dev.quire.server.bench.ops.OpFigures;
import dev.quire.server.bench.ops.OpReport;
import dev.quire.server.bench.report.Plot;
import dev.quire.server.bench.report.Report;
import dev.quire.server.bench.report.Table;
import dev.quire.server.bench.step.StepShape;
import dev.quire.server.options.QuireOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures each op of a model's program. */
@Command(
        name = "ops",
        description = {
            "Times each kind of op of a model's program in a decode step and in a prompt: bytes, operations, share of the",
            "roofline that is measured in the same run, share of all ops. Ops that a backend refuses have no figure."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example: quire bench ops --backend opencl --against cpu"})
final class BenchOpsCommand extends OptionsCommand {
    @Mixin
    private BenchSubject subject;

    @Mixin
    private BenchEffort effort;

    @Mixin
    private BenchOutput output;

    @Option(
            names = "--batch",
            defaultValue = "16",
            paramLabel = "N",
            description = "Sequences of the decode step. Default: ${DEFAULT-VALUE}.")
    private int batch;

    @Option(
            names = "--context",
            defaultValue = "512",
            paramLabel = "N",
            description = "Tokens of each of them. Default: ${DEFAULT-VALUE}.")
    private int context;

    @Option(
            names = "--prefill",
            defaultValue = "512",
            paramLabel = "N",
            description = "Tokens of the prompt. Default: ${DEFAULT-VALUE}.")
    private int prefill;

    BenchOpsCommand(Map<String, String> environment) {
        super(environment, MODEL);
    }

    @Override
    public Integer call() throws IOException {
        QuireOptions options = options();
        List<StepShape> steps = List.of(StepShape.decode(batch, context), StepShape.prefill(prefill));
        LlmOptions llm = unresolved(options);
        List<AttentionBackend> backends = subject.open(llm);
        try (BenchModel model = subject.made(options.model().model())
                .orElseGet(() -> subject.model(options.model().model(), found(options), backends))) {
            List<Contender> contenders =
                    BenchSubject.contenders(backends, List.of(options.device().numerics()));
            output.write(report(contenders, model, steps, threads(options)), out());
        } finally {
            backends.forEach(AttentionBackend::close);
        }
        return 0;
    }

    private Report report(List<Contender> contenders, BenchModel model, List<StepShape> steps, int threads) {
        List<Limits> limits = contenders.stream()
                .map(each -> effort.limits(each.backend(), threads, err()))
                .toList();
        Table measured = Limits.table();
        for (int i = 0; i < limits.size(); i++) {
            measured = limits.get(i).addTo(measured, contenders.get(i).name());
        }
        List<Table> tables = new ArrayList<>(List.of(measured));
        List<Plot> plots = new ArrayList<>();
        OpReport report = new OpReport(contenders, limits);
        OpBench bench = new OpBench(contenders, model, effort.effort(), err()::println);
        for (StepShape step : steps) {
            OpFigures figures = bench.measure(step);
            tables.add(report.table(figures));
            plots.addAll(report.plots(figures));
        }
        return new Report("ops", Machine.facts(contenders, threads, model.name()), tables, plots);
    }
}
