package dev.quire.server.cli;

import dev.quire.api.placement.PlacedOp;
import dev.quire.api.placement.ProgramPlacement;
import dev.quire.core.llm.Backends;
import dev.quire.core.llm.Explanation;
import dev.quire.core.llm.Llm;
import dev.quire.server.launch.DownloadBar;
import dev.quire.server.launch.LoadReport;
import dev.quire.server.launch.ModelLauncher;
import dev.quire.server.options.QuireOptions;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints a model's program and who runs each op. */
@Command(
        name = "explain",
        description = {
            "Prints the program of a model, and who runs each op.",
            "Layers that do the same as the one before are counted, not repeated. Loads no weights."
        },
        mixinStandardHelpOptions = true)
final class ExplainCommand implements Callable<Integer>, OptionFlags.Taker {
    private final Map<String, String> environment;
    private OptionFlags flags;

    @Spec
    private CommandSpec spec;

    @Option(names = "--all", description = "Print every layer.")
    private boolean all;

    ExplainCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Set<String> sections() {
        return Set.of("Model", "Downloads", "Device");
    }

    @Override
    public void options(OptionFlags source) {
        flags = source;
    }

    @Override
    public Integer call() {
        QuireOptions options = flags.read(spec.commandLine().getParseResult());
        ModelLauncher launcher = new ModelLauncher(options, environment, new DownloadBar());
        Explanation explained = Llm.explain(
                launcher.llmOptions(
                        launcher.source().resolve(options.model().model()).path(),
                        new LoadReport(spec.commandLine().getErr())),
                Backends.onClassPath());
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                "%s: %d layers of width %d, %d tokens in the vocabulary, up to %d in a sequence%n",
                explained.model().architecture(),
                explained.model().layers(),
                explained.model().hiddenSize(),
                explained.model().vocabSize(),
                explained.maxModelLen());
        out.printf(
                "on %s: %s; %s numerics%n%nforward%n",
                explained.backend().name(),
                explained.backend().description(),
                options.device().numerics().label());
        print(explained.forward(), out);
        out.printf("%nsampling%n");
        print(explained.sampling(), out);
        out.flush();
        return 0;
    }

    private void print(ProgramPlacement placement, PrintWriter out) {
        String before = "";
        int first = 0;
        int repeated = 0;
        for (List<PlacedOp> run : runs(placement)) {
            String text = run.stream().map(ExplainCommand::line).collect(Collectors.joining("\n"));
            String shape = OpLine.LAYER.matcher(text).replaceAll("layer.").replaceAll(" +", " ");
            if (!all && shape.equals(before)) {
                repeated++;
                continue;
            }
            said(first, repeated, out);
            repeated = 0;
            first = layer(run.getFirst());
            before = shape;
            out.println(text);
        }
        said(first, repeated, out);
    }

    private static void said(int first, int repeated, PrintWriter out) {
        if (repeated > 0) {
            out.printf("  ... and layers %d to %d do the same%n", first + 1, first + repeated);
        }
    }

    /** Ops of one layer together, all others alone. */
    private static List<List<PlacedOp>> runs(ProgramPlacement placement) {
        List<List<PlacedOp>> runs = new ArrayList<>();
        for (PlacedOp placed : placement.ops()) {
            boolean joins = !runs.isEmpty()
                    && layer(placed) >= 0
                    && layer(runs.getLast().getFirst()) == layer(placed);
            if (!joins) {
                runs.add(new ArrayList<>());
            }
            runs.getLast().add(placed);
        }
        return runs;
    }

    /** The layer that an op belongs to; −1 for none. */
    private static int layer(PlacedOp placed) {
        return OpLine.layer(placed.op()).orElse(-1);
    }

    private static String line(PlacedOp placed) {
        String why = placed.reason().map(reason -> ": " + reason).orElse("");
        return "  %s   [%s%s]".formatted(OpLine.of(placed.op()), placed.backend(), why);
    }
}
