package dev.quire.conformance.report;

import java.util.Locale;

/** A report for a terminal. */
final class ReportTable {
    private static final int LONGEST = 30;

    private final ConformanceReport report;
    private final StringBuilder text = new StringBuilder();

    ReportTable(ConformanceReport report) {
        this.report = report;
    }

    String text() {
        Subject subject = report.subject();
        line(
                "%s in %s on %s%s (%s), seed %d",
                subject.backend(),
                report.scope().text(),
                subject.device(),
                subject.driver().isEmpty() ? "" : ", driver " + subject.driver(),
                subject.description(),
                report.scope().seed());
        line("");
        line(
                "%-5s %-14s %6s %6s %12s %7s %6s %12s",
                "level", "op", "pass", "fail", "unsupported", "waived", "error", "bound used");
        for (Tally tally : Tally.of(report.results())) {
            line(
                    "%-5s %-14s %6d %6d %12d %7d %6d %11.1f%%",
                    tally.level(),
                    tally.op(),
                    tally.count(Outcome.PASS),
                    tally.count(Outcome.FAIL),
                    tally.count(Outcome.UNSUPPORTED),
                    tally.count(Outcome.WAIVED),
                    tally.count(Outcome.ERROR),
                    100 * tally.used());
        }
        line("");
        failures();
        report.waiverFaults().forEach(fault -> line("FAIL: %s", fault));
        line(
                "%s: %d cases, %d pass, %d fail, %d unsupported, %d waived, %d error",
                report.passed() ? "PASS" : "FAIL",
                report.results().size(),
                report.count(Outcome.PASS),
                report.count(Outcome.FAIL),
                report.count(Outcome.UNSUPPORTED),
                report.count(Outcome.WAIVED),
                report.count(Outcome.ERROR));
        line("%s: %s", subject.backend(), report.certificate().text());
        return text.toString();
    }

    private void failures() {
        long shown = 0;
        for (int i = 0; i < report.results().size() && shown < LONGEST; i++) {
            CaseResult result = report.results().get(i);
            if (result.outcome() == Outcome.FAIL || result.outcome() == Outcome.ERROR) {
                line("%s", failure(report.scope(), result));
                report.log().cases().get(i).output().lines().forEach(output -> line("    | %s", output));
                shown++;
            }
        }
        long left = report.count(Outcome.FAIL) + report.count(Outcome.ERROR) - shown;
        if (left > 0) {
            line("... and %d more; the report has them all%n", left);
        }
    }

    /** A failing case, its rules, and the command that repeats it alone. */
    static String failure(Scope scope, CaseResult result) {
        return "%s %s (rule %s)%n    %s%n    %s"
                .formatted(
                        result.outcome(),
                        result.name(),
                        String.join(", ", result.rules()),
                        result.verdict().detail(),
                        scope.repeat(result.name()));
    }

    private void line(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
    }
}
