package dev.quire.conformance.run;

import dev.quire.conformance.cases.ConformanceCase;
import dev.quire.conformance.report.CaseResult;
import dev.quire.conformance.report.ConformanceReport;
import dev.quire.conformance.report.Outcome;
import dev.quire.conformance.report.ReportFiles;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The kit's commands: a run (no name), {@code list} and {@code verify}. */
public final class ConformanceCli {
    /** Nothing failed. */
    public static final int PASSED = 0;

    /** Something failed, or could not be run. */
    public static final int FAILED = 1;

    /** The command line is wrong. */
    public static final int USAGE = 2;

    private static final String TEXT = """
            usage: %1$s --backend NAME [--device D] [--backend-option NAME=VALUE] [--profile attention|model]
                     [--numerics fast|reproducible] [--level C1|C2|C3|C4] [--seed S] [--quick] [--only CASE] [--model NAME=PATH]
                     [--waivers FILE] [--timeout-per-case SECONDS] [--threads N] [--out DIR]
                   %1$s list [--numerics fast|reproducible] [--level C1|C2|C3|C4] [--seed S] [--quick] [--only CASE]
                   %1$s verify report.json""";

    private final String program;
    private final PrintStream out;
    private final PrintStream err;

    /** @param program what the user types before the arguments */
    public ConformanceCli(String program, PrintStream out, PrintStream err) {
        this.program = program;
        this.out = out;
        this.err = err;
    }

    /** Runs a command; its exit status is {@link #PASSED}, {@link #FAILED} or {@link #USAGE}. A value stands behind its name or behind {@code =}. */
    public int run(List<String> given) {
        List<String> args = Arguments.separated(given);
        try {
            if (args.isEmpty() || args.contains("--help") || args.contains("-h")) {
                (args.isEmpty() ? err : out).println(TEXT.formatted(program));
                return args.isEmpty() ? USAGE : PASSED;
            }
            return switch (args.getFirst()) {
                case "list" -> list(args.subList(1, args.size()));
                case "verify" -> verify(args.subList(1, args.size()));
                default -> test(Arguments.parse(program, args));
            };
        } catch (UsageException e) {
            err.println(e.getMessage());
            return USAGE;
        } catch (IOException e) {
            err.println("a file cannot be read or written: " + e);
            return FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            err.println("interrupted");
            return FAILED;
        }
    }

    private int test(Arguments arguments) throws IOException, InterruptedException {
        RunOptions options = arguments.options();
        if (arguments.out().isPresent()) {
            Files.createDirectories(arguments.out().get());
        }
        ConformanceReport report = ConformanceRun.run(options, this::tell);
        out.print(report.table());
        if (arguments.out().isPresent()) {
            ReportFiles.write(report, arguments.out().get());
            out.printf("report: %s%n", arguments.out().get().resolve(ReportFiles.HTML));
        }
        return report.passed() ? PASSED : FAILED;
    }

    /** Failures are told at once: a run may be long. */
    private void tell(CaseResult result) {
        if (result.outcome() == Outcome.FAIL || result.outcome() == Outcome.ERROR) {
            err.printf("%s %s%n", result.outcome(), result.name());
        }
    }

    private int list(List<String> args) {
        List<ConformanceCase> cases = CaseSelection.of(Arguments.parseList(program, args));
        for (ConformanceCase one : cases) {
            out.printf("%s  %-80s %s%n", one.level(), one.name(), String.join(" ", one.rules()));
        }
        out.printf("%d cases%n", cases.size());
        return PASSED;
    }

    private int verify(List<String> args) throws IOException {
        if (args.size() != 1) {
            throw new UsageException("verify takes one report; usage: %s verify report.json".formatted(program));
        }
        ReportVerifier.Verification verification = ReportVerifier.verify(Path.of(args.getFirst()));
        out.println(verification.text());
        return verification.problems().isEmpty() ? PASSED : FAILED;
    }
}
