package dev.quire.server.cli;

import dev.quire.api.AttentionBackend;
import dev.quire.api.DeviceChoice;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.WeightFormat;
import dev.quire.core.llm.DeviceOptions;
import dev.quire.core.source.EnvironmentOptions;
import dev.quire.server.bench.Contender;
import dev.quire.server.bench.Machine;
import dev.quire.server.bench.engine.PrefixBench;
import dev.quire.server.bench.limits.Limits;
import dev.quire.server.bench.measure.Runs;
import dev.quire.server.bench.model.BenchModel;
import dev.quire.server.bench.report.Report;
import dev.quire.server.bench.report.Table;
import dev.quire.server.bench.step.StepBench;
import dev.quire.server.bench.step.StepReport;
import dev.quire.server.bench.step.StepShape;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures a backend against its machine; its subcommands measure more. */
@Command(
        name = "bench",
        description = {
            "Measures decode, prefill and time to the first token beside the machine's limits.",
            "The model is a shape with weights from a seed. Takes some minutes; leave the machine alone meanwhile.",
            ""
        },
        mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {
    private final Map<String, String> environment;

    @Spec
    private CommandSpec spec;

    @Option(names = "--backend", defaultValue = "cpu", description = "Backend to measure. Default: ${DEFAULT-VALUE}.")
    private String backend;

    @Option(
            names = "--device",
            defaultValue = "auto",
            description = "Its device, by index or a part of its name. Default: ${DEFAULT-VALUE}.")
    private String device;

    @Option(
            names = "--backend-option",
            paramLabel = "NAME=VALUE",
            description = "A setting of the backend's own; may be given several times.")
    private List<String> settings = List.of();

    @Mixin
    private BenchAgainst against;

    @Option(
            names = "--threads",
            defaultValue = "0",
            description = "Host threads; 0 for one per processor. Default: ${DEFAULT-VALUE}.")
    private int threads;

    @Option(
            names = "--model",
            defaultValue = "smollm2-135m",
            paramLabel = "SHAPE",
            description =
                    "smollm2-135m, llama-3.2-1b, llama-3.1-8b, llama-2-13b, or a config.json. Default: ${DEFAULT-VALUE}.")
    private String shape;

    @Option(
            names = "--dummy-weights",
            defaultValue = "BF16",
            paramLabel = "FORMAT",
            description = "Format of its matrices: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private WeightFormat format;

    @Option(
            names = "--numerics",
            split = ",",
            defaultValue = "fast,reproducible",
            description = {
                "fast, reproducible, or both: the speed of the first, and how the second compares with it.",
                "Default: ${DEFAULT-VALUE}, as far as the backend offers them."
            })
    private List<String> numerics;

    @Option(
            names = "--batch",
            split = ",",
            defaultValue = "1,4,16,64",
            paramLabel = "N",
            description = "Sequences of the decode steps. Default: ${DEFAULT-VALUE}.")
    private List<Integer> batches;

    @Option(
            names = "--context",
            defaultValue = "128",
            paramLabel = "N",
            description = "Tokens of each of them. Default: ${DEFAULT-VALUE}.")
    private int context;

    @Option(
            names = "--prefill",
            split = ",",
            defaultValue = "512",
            paramLabel = "N",
            description = "Tokens of the prompts. Default: ${DEFAULT-VALUE}.")
    private List<Integer> prefills;

    @Option(
            names = "--prefix",
            defaultValue = "1000",
            paramLabel = "N",
            description = "Tokens of the prompt whose first token is waited for. Default: ${DEFAULT-VALUE}.")
    private int prefix;

    @Mixin
    private BenchEffort effort;

    @Mixin
    private BenchOutput output;

    BenchCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    /** What measures more. */
    static List<Object> subcommands(Map<String, String> environment) {
        return List.of(
                new BenchOpsCommand(environment),
                new BenchLatencyCommand(environment),
                new BenchThroughputCommand(environment),
                new BenchServeCommand(),
                new BenchStreamsCommand(environment),
                new BenchStartupCommand());
    }

    @Override
    public Integer call() throws IOException {
        List<StepShape> steps = Stream.concat(
                        batches.stream().map(batch -> StepShape.decode(batch, context)),
                        prefills.stream().map(StepShape::prefill))
                .toList();
        List<Numerics> wanted =
                numerics.stream().map(BenchCommand::read).distinct().toList();
        List<AttentionBackend> backends = against.open(device(), err()::println);
        try (BenchModel model = BenchModel.made(shape, format, 1)) {
            output.write(
                    report(BenchSubject.contenders(backends, wanted), model, steps),
                    spec.commandLine().getOut());
        } finally {
            backends.forEach(AttentionBackend::close);
        }
        return 0;
    }

    private Report report(List<Contender> contenders, BenchModel model, List<StepShape> steps) {
        int used = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
        Map<AttentionBackend, Limits> before = limits(contenders, used);
        Map<StepShape, List<Runs>> runs = new LinkedHashMap<>();
        try (StepBench bench = new StepBench(contenders, model, steps, effort.effort())) {
            for (StepShape step : steps) {
                say(step.name());
                runs.put(step, bench.measure(step));
            }
        }
        Map<AttentionBackend, Limits> after = limits(contenders, used);
        Table measured = Limits.table();
        for (AttentionBackend each : before.keySet()) {
            String name = each.info().name();
            measured = before.get(each).addTo(measured, name + ", before the steps");
            measured = after.get(each).addTo(measured, name + ", after them");
        }
        StepReport report = new StepReport(
                contenders,
                contenders.stream()
                        .map(each -> before.get(each.backend()).mean(after.get(each.backend())))
                        .toList(),
                model.forward(),
                model.cache());
        runs.forEach(report::add);
        List<Table> tables = new ArrayList<>(List.of(measured, report.table()));
        say("first token");
        try (PrefixBench bench = new PrefixBench(contenders.getFirst(), model, prefix)) {
            tables.add(bench.measure());
        }
        return new Report("steps", Machine.facts(contenders, used, model.name()), tables, report.plots());
    }

    private Map<AttentionBackend, Limits> limits(List<Contender> contenders, int used) {
        Map<AttentionBackend, Limits> limits = new LinkedHashMap<>();
        contenders.forEach(each -> limits.computeIfAbsent(each.backend(), open -> effort.limits(open, used, err())));
        return limits;
    }

    private void say(String what) {
        err().println("measuring " + what);
        err().flush();
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }

    private DeviceOptions device() {
        return new DeviceOptions(
                backend,
                DeviceChoice.parse(device),
                threads,
                DeviceOptions.defaults().memoryUtilization(),
                EnvironmentOptions.cacheDirectory(environment, Path.of(System.getProperty("user.home"))),
                BenchAgainst.settings("--backend-option", settings));
    }

    private static Numerics read(String text) {
        return Stream.of(Numerics.values())
                .filter(value -> value.label().equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "--numerics is '%s'; give fast, reproducible, or both with a comma between them."
                                .formatted(text)));
    }
}
