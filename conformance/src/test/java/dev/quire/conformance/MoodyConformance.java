package dev.quire.conformance;

import dev.quire.conformance.report.Level;
import dev.quire.conformance.run.Arguments;
import dev.quire.conformance.run.MoodyProvider.Mood;
import dev.quire.conformance.run.RunOptions;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.Executable;

/** A vendor's test class, of two cases, whose tests are run by hand. */
final class MoodyConformance extends BackendConformance {
    private final Mood mood;
    private final Optional<Level> level;
    private final Path reports;

    MoodyConformance(Mood mood, Optional<Level> level, Path reports) {
        this.mood = mood;
        this.level = level;
        this.reports = reports;
    }

    @Override
    protected RunOptions options() {
        String device = String.valueOf(mood.ordinal());
        List<String> args = List.of(
                "--backend", "moody", "--profile", "attention", "--device", device, "--only", "S*/plain/width=33");
        return Arguments.parse("quire conformance", args).options();
    }

    @Override
    protected Optional<Level> level() {
        return level;
    }

    @Override
    protected Optional<Path> reports() {
        return Optional.of(reports);
    }

    /** The tests, run one after another: what each threw, by name. */
    Map<String, Optional<Throwable>> outcomes() throws Exception {
        Map<String, Optional<Throwable>> outcomes = new LinkedHashMap<>();
        try (Stream<DynamicNode> nodes = conformance()) {
            nodes.flatMap(MoodyConformance::tests)
                    .forEach(test -> outcomes.put(test.getDisplayName(), thrown(test.getExecutable())));
        }
        return outcomes;
    }

    private static Stream<DynamicTest> tests(DynamicNode node) {
        return switch (node) {
            case DynamicContainer container -> container.getChildren().flatMap(MoodyConformance::tests);
            case DynamicTest test -> Stream.of(test);
            default -> throw new AssertionError("neither test nor container: " + node);
        };
    }

    private static Optional<Throwable> thrown(Executable test) {
        try {
            test.execute();
            return Optional.empty();
        } catch (Throwable e) {
            return Optional.of(e);
        }
    }
}
