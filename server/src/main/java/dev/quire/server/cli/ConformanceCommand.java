package dev.quire.server.cli;

import dev.quire.conformance.run.ConformanceCli;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** Certifies a backend: the kit's own command line, which vendors also run without the server. */
@Command(
        name = "conformance",
        description = {
            "Certifies a backend, or lists the cases, or rechecks a report.",
            "Exit status 0 if nothing failed, 1 if something did, 2 for a wrong command line."
        })
final class ConformanceCommand implements Callable<Integer> {
    private static final String PROGRAM = "./quire conformance";

    @Unmatched
    private List<String> args = new ArrayList<>();

    @Override
    public Integer call() {
        return new ConformanceCli(PROGRAM, new PrintStream(System.out, true), new PrintStream(System.err, true))
                .run(args);
    }
}
