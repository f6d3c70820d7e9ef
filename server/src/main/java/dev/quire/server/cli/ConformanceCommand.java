package dev.quire.server.cli;

import dev.quire.conformance.ConformanceMain;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Compares a backend with the oracle. */
@Command(
        name = "conformance",
        description = {
            "Compares a backend with the float64 oracle, op by op (level C1).",
            "Bounds depend on element type and reduction length alone. Exit status 0 if nothing failed."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example: quire conformance --backend cpu --out report"})
final class ConformanceCommand implements Callable<Integer> {
    @Option(names = "--backend", required = true, paramLabel = "NAME", description = "Backend to hold to the oracle.")
    private String backend;

    @Option(
            names = "--device",
            defaultValue = "0",
            paramLabel = "N",
            description = "Its device. Default: ${DEFAULT-VALUE}.")
    private int device;

    @Option(names = "--seed", paramLabel = "S", description = "Seed of the cases' values; a report names its own.")
    private Optional<Long> seed = Optional.empty();

    @Option(names = "--quick", description = "A part of the cases, which certifies nothing.")
    private boolean quick;

    @Option(names = "--out", paramLabel = "DIR", description = "Folder for report.json.")
    private Optional<Path> out = Optional.empty();

    @Override
    public Integer call() {
        List<String> args = new ArrayList<>(List.of("--backend", backend, "--device", String.valueOf(device)));
        seed.ifPresent(value -> args.addAll(List.of("--seed", String.valueOf(value))));
        out.ifPresent(value -> args.addAll(List.of("--out", value.toString())));
        if (quick) {
            args.add("--quick");
        }
        return ConformanceMain.run(args.toArray(String[]::new), new PrintStream(System.out, true));
    }
}
