package dev.quire.server.cli;

import dev.quire.core.llm.LlmOptions;
import dev.quire.server.launch.DownloadBar;
import dev.quire.server.launch.LoadReport;
import dev.quire.server.launch.ModelLauncher;
import dev.quire.server.options.QuireOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that takes options of the table, and finds models by them. */
abstract class OptionsCommand implements Callable<Integer>, OptionFlags.Taker {
    /** Sections that choose a model and what runs it. */
    static final Set<String> MODEL = Set.of("Model", "Downloads", "Device");

    /** How keys and values are kept, for commands that run no engine. */
    static final Set<String> CACHED = Set.of("kv-cache-dtype", "block-size");

    /** {@link #MODEL}, and how an engine runs it. */
    static final Set<String> ENGINE = Set.of("Model", "Downloads", "Device", "KV cache", "Scheduler");

    private final Map<String, String> environment;
    private final Set<String> sections;
    private final Set<String> names;
    private OptionFlags flags;

    @Spec
    private CommandSpec spec;

    /**
     * @param environment handed in by who may read it
     * @param sections titles of the sections whose options it takes
     */
    OptionsCommand(Map<String, String> environment, Set<String> sections) {
        this(environment, sections, Set.of());
    }

    /**
     * The same with some options of other sections.
     *
     * @param names of these options
     */
    OptionsCommand(Map<String, String> environment, Set<String> sections, Set<String> names) {
        this.environment = environment;
        this.sections = sections;
        this.names = names;
    }

    @Override
    public final Set<String> sections() {
        return sections;
    }

    @Override
    public final Set<String> names() {
        return names;
    }

    @Override
    public final void options(OptionFlags source) {
        flags = source;
    }

    /**
     * The options that the command line, the environment and the configuration file give.
     *
     * @throws dev.quire.server.options.OptionException listing every problem
     */
    final QuireOptions options() {
        return flags.read(spec.commandLine().getParseResult());
    }

    /** Finds and loads the model that options name; downloads draw a bar. */
    final ModelLauncher launcher(QuireOptions options) {
        return new ModelLauncher(options, environment, new DownloadBar());
    }

    /** What loading the model needs, which is fetched if it is not on this disk. */
    final LlmOptions found(QuireOptions options) {
        ModelLauncher launcher = launcher(options);
        return launcher.llmOptions(
                launcher.source().resolve(options.model().model()).path(), report());
    }

    /** The same before the model is looked for: the device and the engine as options name them, the model by its name. */
    final LlmOptions unresolved(QuireOptions options) {
        return launcher(options).llmOptions(Path.of(options.model().model()), report());
    }

    /** Host threads that the options give a backend that takes one for each processor. */
    static int threads(QuireOptions options) {
        int wanted = options.device().threads();
        return wanted == 0 ? Runtime.getRuntime().availableProcessors() : wanted;
    }

    /** Prints what an operator should know while a model loads. */
    final LoadReport report() {
        return new LoadReport(err());
    }

    final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    final PrintWriter err() {
        return spec.commandLine().getErr();
    }
}
