package dev.quire.conformance.run;

import dev.quire.conformance.cases.ConformanceCase;
import dev.quire.conformance.cases.Depth;
import dev.quire.conformance.report.CaseResult;
import dev.quire.conformance.report.ConformanceReport;
import dev.quire.conformance.report.Kit;
import dev.quire.conformance.report.Outcome;
import dev.quire.conformance.report.ReportCheck;
import dev.quire.conformance.report.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Rechecks a report without its backend: what it says of itself, the kit that made it, and that it has every case of that kit. */
final class ReportVerifier {
    private static final int SHOWN = 5;

    private ReportVerifier() {}

    /**
     * What was found.
     *
     * @param report the report, if it could be read
     * @param problems why it cannot be trusted; empty if it can
     */
    record Verification(Optional<ConformanceReport> report, List<String> problems) {
        Verification {
            problems = List.copyOf(problems);
        }

        String text() {
            StringBuilder text = new StringBuilder();
            problems.forEach(problem -> text.append("BAD: ").append(problem).append(System.lineSeparator()));
            if (!problems.isEmpty()) {
                return text + "this report proves nothing";
            }
            ConformanceReport good = report.orElseThrow();
            return "OK: %s on %s in %s, %d cases: %s"
                    .formatted(
                            good.subject().backend(),
                            good.subject().device(),
                            good.scope().text(),
                            good.results().size(),
                            good.certificate().text());
        }
    }

    /**
     * Checks a report file, today.
     *
     * @throws UsageException if there is no such file
     */
    static Verification verify(Path file) throws IOException {
        try {
            return verify(Files.readString(file), LocalDate.now(ZoneOffset.UTC));
        } catch (NoSuchFileException e) {
            throw new UsageException("there is no report '%s'".formatted(file), e);
        }
    }

    static Verification verify(String text, LocalDate today) throws IOException {
        ReportCheck check = ReportCheck.of(text, today);
        List<String> problems = new ArrayList<>(check.problems());
        if (check.report().isPresent()) {
            ConformanceReport report = check.report().get();
            Kit own = KitIdentity.own();
            if (report.kit().equals(own)) {
                cases(report, problems);
            } else {
                problems.add("made by another kit: version %s, hash %s, SPI %s; this is version %s, hash %s, SPI %s"
                        .formatted(
                                report.kit().version(),
                                report.kit().hash(),
                                report.kit().spi(),
                                own.version(),
                                own.hash(),
                                own.spi()));
            }
        }
        return new Verification(check.report(), problems);
    }

    /** A narrowed run has some of the kit's cases, another has them all; and no case was another than it is here. */
    private static void cases(ConformanceReport report, List<String> problems) {
        boolean narrowed = !report.scope().narrowed().isEmpty();
        Map<String, ConformanceCase> expected = new LinkedHashMap<>();
        for (Depth depth : narrowed ? Depth.values() : new Depth[] {Depth.FULL}) {
            Scope scope = report.scope();
            for (ConformanceCase one : CaseSelection.all(scope.numerics(), scope.level(), depth, scope.seed())) {
                expected.put(one.name(), one);
            }
            for (String model : scope.models()) {
                ExtraCases.named(model, scope.numerics(), scope.level(), depth)
                        .forEach(one -> expected.put(one.name(), one));
            }
        }
        for (CaseResult result : report.results()) {
            Optional<ConformanceCase> one = Optional.ofNullable(expected.remove(result.name()));
            if (one.isEmpty()) {
                problems.add("case '%s' is not one of this kit's, or stands twice".formatted(result.name()));
            } else if (one.get().level() != result.level() || !one.get().rules().equals(result.rules())) {
                problems.add("case '%s' is of level %s and rules %s, not %s and %s"
                        .formatted(
                                result.name(), one.get().level(), one.get().rules(), result.level(), result.rules()));
            } else if (result.outcome() == Outcome.UNSUPPORTED
                    && one.get().required(report.scope().profile())) {
                problems.add("case '%s' was refused, but its profile requires it".formatted(result.name()));
            }
        }
        if (!narrowed && !expected.isEmpty()) {
            List<String> some = expected.keySet().stream().limit(SHOWN).toList();
            problems.add("%d cases of this kit are missing, such as %s".formatted(expected.size(), some));
        }
    }
}
