package dev.quire.server.cli;

import dev.quire.core.llm.Backends;
import dev.quire.core.llm.Explanation;
import dev.quire.core.llm.Llm;
import dev.quire.server.launch.DownloadBar;
import dev.quire.server.launch.LoadReport;
import dev.quire.server.launch.ModelLauncher;
import dev.quire.server.options.QuireOptions;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints a model's program and who runs each op. */
@Command(
        name = "explain",
        description = {
            "Prints the program of a model, and who runs each op.",
            "Layers that do the same are written once. Loads no weights."
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
        String backend = explained.backend().name();
        out.printf(
                "on %s: %s; %s numerics%n%nforward%n",
                backend,
                explained.backend().description(),
                options.device().numerics().label());
        out.print(new ProgramPage(explained.forward(), backend, all).text());
        out.printf("%nsampling%n");
        out.print(new ProgramPage(explained.sampling(), backend, all).text());
        out.flush();
        return 0;
    }
}
