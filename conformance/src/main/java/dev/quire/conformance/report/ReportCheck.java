package dev.quire.conformance.report;

import dev.quire.api.json.Json;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether a report agrees with itself: its form, its digest, its summary, its waivers.
 *
 * @param report the report, if it has the form of one
 * @param problems what is wrong; empty if nothing is
 */
public record ReportCheck(Optional<ConformanceReport> report, List<String> problems) {
    public ReportCheck {
        problems = List.copyOf(problems);
    }

    /** Checks the text of a report, on a day. */
    public static ReportCheck of(String text, LocalDate today) {
        try {
            if (Json.parse(text) instanceof Json.JsonObject json) {
                ConformanceReport report = ReportJson.read(json);
                return new ReportCheck(Optional.of(report), problems(json, report, today));
            }
            return new ReportCheck(Optional.empty(), List.of("a report is a JSON object"));
        } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
            return new ReportCheck(Optional.empty(), List.of("no report: " + e.getMessage()));
        }
    }

    private static List<String> problems(Json.JsonObject json, ConformanceReport report, LocalDate today) {
        List<String> problems = new ArrayList<>();
        String digest = ReportJson.digest(json);
        Json claimed = json.members().getOrDefault("digest", Json.Word.NULL);
        if (!claimed.equals(new Json.JsonString(digest))) {
            problems.add("the digest is %s, but the content's is %s: it was changed after it was written"
                    .formatted(claimed.line(), digest));
        }
        Json summary = ReportJson.summary(report);
        Json said = json.members().getOrDefault("summary", Json.Word.NULL);
        if (!summary.equals(said)) {
            problems.add("the summary is %s, but the cases come to %s".formatted(said.line(), summary.line()));
        }
        if (report.count(Outcome.PASS) == 0) {
            problems.add("no case passed: nothing was shown");
        }
        WaiverCheck waivers = new WaiverCheck(report.subject(), report.scope(), report.waivers());
        for (CaseResult result : report.results()) {
            if (result.outcome() == Outcome.PASS && !(result.verdict().used() <= 1)) {
                problems.add("case '%s' passes with an error of %s times its bound"
                        .formatted(result.name(), result.verdict().used()));
            }
            if (result.outcome() == Outcome.WAIVED
                    && waivers.of(result.name(), today).isEmpty()) {
                problems.add(
                        "case '%s' is waived, but no waiver for it is in force on %s".formatted(result.name(), today));
            }
        }
        report.waiverFaults(today).stream()
                .filter(fault -> !problems.contains(fault))
                .forEach(problems::add);
        return problems;
    }
}
