package dev.quire.server.cli;

import dev.quire.conformance.run.Arguments;
import dev.quire.conformance.run.ConformanceCli;
import dev.quire.core.source.EnvironmentOptions;
import dev.quire.core.source.ModelSource;
import dev.quire.server.launch.DownloadBar;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** Certifies a backend: the kit's own command line, which vendors also run without the server; here it finds weights by a model's name. */
@Command(
        name = "conformance",
        description = {
            "Certifies a backend, or lists the cases, or rechecks a report.",
            "Exit status 0 if nothing failed, 1 if something did, 2 for a wrong command line."
        })
final class ConformanceCommand implements Callable<Integer> {
    private static final String PROGRAM = "./quire conformance";

    private final Map<String, String> environment;

    @Unmatched
    private List<String> args = new ArrayList<>();

    ConformanceCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        List<String> found = Arguments.separated(args);
        int at = found.indexOf("--model") + 1;
        if (at > 0 && at < found.size() && !found.get(at).contains("=")) {
            found.set(at, found.get(at) + "=" + source().resolve(found.get(at)).path());
        }
        return new ConformanceCli(PROGRAM, new PrintStream(System.out, true), new PrintStream(System.err, true))
                .run(found);
    }

    private ModelSource source() {
        Path home = Path.of(System.getProperty("user.home"));
        return new ModelSource(EnvironmentOptions.read(environment, home), new DownloadBar());
    }
}
