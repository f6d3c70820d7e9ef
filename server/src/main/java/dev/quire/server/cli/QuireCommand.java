package dev.quire.server.cli;

import dev.quire.api.BackendException;
import dev.quire.core.llm.GenerationException;
import dev.quire.core.source.ModelSourceException;
import dev.quire.core.text.TokenizerException;
import dev.quire.core.weights.format.WeightFormatException;
import dev.quire.server.Version;
import dev.quire.server.options.OptionException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code quire}, above its subcommands. */
@Command(
        name = "quire",
        description = {
            "Serves large language models from the JVM on any accelerator, with an OpenAI-compatible API.",
            "",
            "Start with: quire serve",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = QuireCommand.BuildVersion.class,
        footer = {"", "Each command explains itself: quire COMMAND --help. All options: docs/options.md."})
public final class QuireCommand implements Runnable {
    /** A bad command line or configuration. */
    static final int USAGE = 2;

    /** What was asked could not be done. */
    static final int FAILED = 1;

    @Spec
    private CommandSpec spec;

    /** Runs the program; returns its exit status: 0, 1 if what was asked could not be done, 2 if it was asked wrongly. */
    public static int run(String[] args, Map<String, String> environment) {
        return line(environment, args).execute(args);
    }

    /** All of the program. */
    static CommandLine line(Map<String, String> environment) {
        return line(environment, commands(environment).entrySet());
    }

    /** As much of the program as arguments ask for: reading what all commands take is half of the time that a small one needs. */
    private static CommandLine line(Map<String, String> environment, String[] args) {
        Map<String, Supplier<CommandLine>> commands = commands(environment);
        return args.length > 0 && commands.containsKey(args[0])
                ? line(environment, Set.of(Map.entry(args[0], commands.get(args[0]))))
                : line(environment, commands.entrySet());
    }

    private static Map<String, Supplier<CommandLine>> commands(Map<String, String> environment) {
        Map<String, Supplier<CommandLine>> commands = new LinkedHashMap<>();
        commands.put("serve", () -> new CommandLine(new ServeCommand(environment)));
        commands.put("chat", () -> new CommandLine(new ChatCommand(environment)));
        commands.put("generate", () -> new CommandLine(new GenerateCommand(environment)));
        commands.put("models", () -> {
            CommandLine models = new CommandLine(new ModelsCommand());
            ModelsCommand.subcommands(environment).forEach(models::addSubcommand);
            return models;
        });
        commands.put("backends", () -> new CommandLine(new BackendsCommand()));
        commands.put("kernels", KernelsCommand::line);
        commands.put("explain", () -> new CommandLine(new ExplainCommand(environment)));
        commands.put("bench", () -> {
            CommandLine bench = new CommandLine(new BenchCommand(environment));
            BenchCommand.subcommands(environment).forEach(bench::addSubcommand);
            return bench;
        });
        commands.put("bisect", () -> new CommandLine(new BisectCommand(environment)));
        commands.put("conformance", () -> new CommandLine(new ConformanceCommand(environment)));
        commands.put("rehearse", () -> new CommandLine(new RehearseCommand(environment)));
        return commands;
    }

    private static CommandLine line(
            Map<String, String> environment, Collection<Map.Entry<String, Supplier<CommandLine>>> commands) {
        CommandLine line = new CommandLine(new QuireCommand());
        commands.forEach(command ->
                line.addSubcommand(command.getKey(), command.getValue().get()));
        OptionFlags.addTo(line, environment);
        line.setUsageHelpWidth(120);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler(QuireCommand::explain);
        line.setExecutionExceptionHandler((failure, command, result) -> explain(failure, command));
        return line;
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    private static int explain(ParameterException e, String[] args) {
        CommandLine line = e.getCommandLine();
        line.getErr().println(e.getMessage());
        CommandLine.UnmatchedArgumentException.printSuggestions(e, line.getErr());
        line.getErr().printf("See %s --help.%n", line.getCommandSpec().qualifiedName());
        return USAGE;
    }

    /** What people can mend is told in its own words; anything else is a defect and shows where it happened. */
    private static int explain(Exception failure, CommandLine line) {
        switch (failure) {
            case OptionException e -> {
                line.getErr().println(e.getMessage());
                return USAGE;
            }
            case BackendException e -> line.getErr().println(e.getMessage());
            case IllegalArgumentException e -> line.getErr().println(e.getMessage());
            case GenerationException e -> line.getErr().println(e.getMessage());
            case ModelSourceException e -> line.getErr().println(e.getMessage());
            case WeightFormatException e -> line.getErr().println(e.getMessage());
            case TokenizerException e -> line.getErr().println(e.getMessage());
            case java.io.IOException e -> line.getErr().println(e.getMessage());
            default -> failure.printStackTrace(line.getErr());
        }
        return FAILED;
    }

    static final class BuildVersion implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"quire " + Version.current()};
        }
    }
}
