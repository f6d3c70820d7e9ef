package dev.quire.conformance;

import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.quire.conformance.cases.ConformanceCase;
import dev.quire.conformance.report.CaseResult;
import dev.quire.conformance.report.ConformanceReport;
import dev.quire.conformance.report.Level;
import dev.quire.conformance.report.Outcome;
import dev.quire.conformance.report.ReportFiles;
import dev.quire.conformance.run.ConformanceRun;
import dev.quire.conformance.run.RunOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AssertionFailureBuilder;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/**
 * The kit inside a backend's own build: extend it, name the backend, and each case is a test. The backend runs in a JVM of its own with this one's
 * class path and flags; its provider is found by {@link java.util.ServiceLoader}, as everywhere.
 *
 * <pre>{@code
 * class AbacusConformanceTest extends BackendConformance {
 *     @Override
 *     protected RunOptions options() {
 *         return RunOptions.of("abacus", Numerics.FAST).with(Depth.QUICK);
 *     }
 * }
 * }</pre>
 */
public abstract class BackendConformance {
    /** What to run: {@link RunOptions#of} has every case of a mode. */
    protected abstract RunOptions options();

    /** The level that must be reached; empty, as it is unless it is overridden, asks for nothing beyond the cases themselves. */
    protected Optional<Level> level() {
        return Optional.empty();
    }

    /** Where reports go; empty, as it is unless it is overridden, for none. */
    protected Optional<Path> reports() {
        return Optional.empty();
    }

    /** What becomes of a case that the backend refuses and its profile does not require: unless it is overridden, it counts as skipped. */
    protected void refused(CaseResult result) {
        Assumptions.abort("unsupported: " + result.verdict().detail());
    }

    /** A container per level, with a test per case, and a last test of the verdict. */
    @TestFactory
    Stream<DynamicNode> conformance() throws IOException, InterruptedException {
        ConformanceRun run = new ConformanceRun(options());
        Stream<DynamicNode> levels = Arrays.stream(Level.values()).map(level -> {
            List<ConformanceCase> cases =
                    run.cases().stream().filter(one -> one.level() == level).toList();
            return dynamicContainer(
                    level.name(), cases.stream().map(one -> dynamicTest(one.name(), () -> test(run, one))));
        });
        Stream<DynamicNode> verdict = Stream.of(dynamicTest("verdict", () -> verdict(run.report())));
        return Stream.concat(levels, verdict).onClose(() -> close(run));
    }

    private void test(ConformanceRun run, ConformanceCase one) throws InterruptedException {
        CaseResult result = run.run(one);
        switch (result.outcome()) {
            case PASS -> {}
            case UNSUPPORTED -> refused(result);
            case WAIVED -> Assumptions.abort("waived: " + result.verdict().detail());
            case FAIL, ERROR ->
                AssertionFailureBuilder.assertionFailure()
                        .message("%s (rule %s) %s%n%s"
                                .formatted(
                                        result.outcome(),
                                        String.join(", ", result.rules()),
                                        result.verdict().detail(),
                                        run.scope().repeat(result.name())))
                        .buildAndThrow();
        }
    }

    private void verdict(ConformanceReport report) throws IOException {
        if (reports().isPresent()) {
            ReportFiles.write(report, Files.createDirectories(reports().get()));
        }
        boolean reached = level().map(wanted -> report.certificate()
                        .level()
                        .filter(level -> level.compareTo(wanted) >= 0)
                        .isPresent())
                .orElse(report.count(Outcome.PASS) > 0 && report.waiverFaults().isEmpty());
        if (!reached) {
            AssertionFailureBuilder.assertionFailure().message(report.table()).buildAndThrow();
        }
    }

    private static void close(ConformanceRun run) {
        try {
            run.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
