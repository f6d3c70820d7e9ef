package dev.quire.conformance.report;

import dev.quire.api.types.Numerics;
import dev.quire.conformance.waivers.DriverRange;
import dev.quire.conformance.waivers.NamePattern;
import dev.quire.conformance.waivers.Waiver;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/** Reports as tests need them. */
final class Reports {
    static final LocalDate DAY = LocalDate.of(2031, 5, 6);
    static final Subject SUBJECT = new Subject("abacus", 0, "Beads 3000", "10.2.1", "wood", "a JVM", "a system");

    private Reports() {}

    static Scope scope(Numerics numerics, String... narrowed) {
        return new Scope(
                Profile.MODEL,
                numerics,
                Scope.highest(numerics),
                7,
                List.of(),
                List.of(narrowed),
                "quire conformance --seed 7");
    }

    static CaseResult result(String name, Level level, Outcome outcome) {
        double used = outcome == Outcome.FAIL ? 3 : outcome == Outcome.PASS ? 0.25 : 0;
        String detail = outcome == Outcome.PASS ? "" : "detail of " + name;
        return new CaseResult(name, level, List.of("N1"), new Verdict(outcome, used, detail, Optional.empty()));
    }

    static ConformanceReport report(Scope scope, List<Waiver> waivers, List<CaseResult> results) {
        Instant started = DAY.atTime(7, 8).toInstant(java.time.ZoneOffset.UTC);
        List<RunLog.Entry> log = results.stream()
                .map(one -> new RunLog.Entry(Duration.ofMillis(12), ""))
                .toList();
        return new ConformanceReport(
                new Kit("1", "00", "0.1"), SUBJECT, scope, waivers, results, new RunLog(started, log));
    }

    static ConformanceReport report(CaseResult... results) {
        return report(scope(Numerics.FAST), List.of(), List.of(results));
    }

    static Waiver waiver(String cases, LocalDate expires) {
        return new Waiver(
                new NamePattern("Beads*"),
                new DriverRange("10.0", "10.9"),
                Optional.empty(),
                new NamePattern(cases),
                "a bead sticks",
                "https://example.org/1",
                expires);
    }
}
