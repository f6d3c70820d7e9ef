package dev.quire.conformance.report;

import static dev.quire.conformance.report.Markup.escape;

import java.util.List;
import java.util.Locale;

/** A report in the XML that build servers read: a suite per level; what is unsupported or waived counts as skipped, with its reason. */
final class JUnitXml {
    private final ConformanceReport report;
    private final StringBuilder xml = new StringBuilder();

    JUnitXml(ConformanceReport report) {
        this.report = report;
    }

    String text() {
        xml.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
        for (Level level : Level.values()) {
            List<CaseResult> cases = report.results().stream()
                    .filter(one -> one.level() == level)
                    .toList();
            if (!cases.isEmpty()) {
                suite(level, cases);
            }
        }
        return xml.append("</testsuites>\n").toString();
    }

    private void suite(Level level, List<CaseResult> cases) {
        xml.append("<testsuite name=\"%s\" tests=\"%d\" failures=\"%d\" errors=\"%d\" skipped=\"%d\">\n"
                .formatted(
                        suiteName(level),
                        cases.size(),
                        count(cases, Outcome.FAIL),
                        count(cases, Outcome.ERROR),
                        count(cases, Outcome.UNSUPPORTED) + count(cases, Outcome.WAIVED)));
        for (int i = 0; i < report.results().size(); i++) {
            if (report.results().get(i).level() == level) {
                testCase(report.results().get(i), report.log().cases().get(i));
            }
        }
        xml.append("</testsuite>\n");
    }

    private String suiteName(Level level) {
        return escape("conformance.%s.%s.%s"
                .formatted(report.subject().backend(), report.scope().numerics(), level));
    }

    private void testCase(CaseResult result, RunLog.Entry log) {
        double seconds = log.time().toMillis() / 1000.0;
        xml.append(String.format(
                Locale.ROOT,
                "<testcase classname=\"%s\" name=\"%s\" time=\"%.3f\"",
                suiteName(result.level()),
                escape(result.name()),
                seconds));
        String detail = escape(result.verdict().detail());
        String more = escape("rule %s%n%s%n%s"
                .formatted(String.join(", ", result.rules()), report.scope().repeat(result.name()), log.output()));
        switch (result.outcome()) {
            case PASS -> xml.append("/>\n");
            case FAIL -> xml.append("><failure message=\"%s\">%s</failure></testcase>\n".formatted(detail, more));
            case ERROR -> xml.append("><error message=\"%s\">%s</error></testcase>\n".formatted(detail, more));
            case UNSUPPORTED, WAIVED ->
                xml.append("><skipped message=\"%s: %s\"/></testcase>\n".formatted(result.outcome(), detail));
        }
    }

    private static long count(List<CaseResult> cases, Outcome outcome) {
        return cases.stream().filter(one -> one.outcome() == outcome).count();
    }
}
