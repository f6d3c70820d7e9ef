package dev.quire.conformance.report;

import static dev.quire.conformance.report.Markup.escape;

import dev.quire.conformance.waivers.Waiver;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A report as one page that needs nothing else: the verdict, then what failed, then the rest. */
final class ReportHtml {
    private static final int DETAILED = 200;

    private final ConformanceReport report;
    private final StringBuilder html = new StringBuilder();

    ReportHtml(ConformanceReport report) {
        this.report = report;
    }

    String text() {
        String title = "%s: %s"
                .formatted(report.subject().backend(), report.certificate().text());
        html.append(
                        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\n<title>")
                .append(escape(title))
                .append("</title>\n<style>\n")
                .append(style())
                .append("</style></head>\n<body>\n");
        banner();
        levels();
        failures();
        html.append(new OpBars(report.results()).html());
        pictures();
        reasons(Outcome.UNSUPPORTED, "Refused by the backend");
        reasons(Outcome.WAIVED, "Waived");
        waivers();
        facts();
        everyCase();
        footer();
        return html.append("</body>\n</html>\n").toString();
    }

    private static String style() {
        try (InputStream in = ReportHtml.class.getResourceAsStream("report.css")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void banner() {
        Certificate certificate = report.certificate();
        String look = !report.passed() ? "bad" : certificate.level().isPresent() ? "good" : "part";
        String verdict = certificate.level().map(level -> "Certified " + level).orElse("Not certified");
        html.append("<div class=\"banner %s\"><h1>%s: %s</h1><p>%s, %s</p>"
                .formatted(
                        look,
                        escape(report.subject().backend()),
                        verdict,
                        escape(report.scope().text()),
                        escape(device())));
        certificate
                .reasons()
                .forEach(reason -> html.append("<p>").append(escape(reason)).append("</p>"));
        html.append("</div>\n");
    }

    private String device() {
        String driver = report.subject().driver();
        return report.subject().device() + (driver.isEmpty() ? "" : ", driver " + driver);
    }

    private void levels() {
        html.append("<div class=\"levels\">\n");
        for (Level level : Level.values()) {
            List<CaseResult> cases = report.results().stream()
                    .filter(one -> one.level() == level)
                    .toList();
            long bad = cases.stream()
                    .filter(one -> one.outcome() == Outcome.FAIL || one.outcome() == Outcome.ERROR)
                    .count();
            long passed =
                    cases.stream().filter(one -> one.outcome() == Outcome.PASS).count();
            String look = cases.isEmpty() ? "none" : bad > 0 || passed == 0 ? "bad" : "good";
            String text = cases.isEmpty() ? notRun(level) : counts(cases);
            html.append("<div class=\"level %s\"><b>%s</b> %s<p>%s</p></div>\n"
                    .formatted(look, level, meaning(level), text));
        }
        html.append("</div>\n");
    }

    private String notRun(Level level) {
        return level.compareTo(Scope.highest(report.scope().numerics())) > 0 ? "REPRODUCIBLE only" : "not run";
    }

    private static String counts(List<CaseResult> cases) {
        List<String> counts = new ArrayList<>();
        for (Outcome outcome : Outcome.values()) {
            long n = cases.stream().filter(one -> one.outcome() == outcome).count();
            if (n > 0) {
                counts.add("%d %s".formatted(n, outcome.name().toLowerCase(Locale.ROOT)));
            }
        }
        return String.join(", ", counts);
    }

    private static String meaning(Level level) {
        return switch (level) {
            case C1 -> "every op within its bound";
            case C2 -> "independent of batching";
            case C3 -> "golden tokens";
            case C4 -> "bit-identical";
        };
    }

    private void failures() {
        long bad = report.count(Outcome.FAIL) + report.count(Outcome.ERROR);
        if (bad == 0) {
            return;
        }
        html.append("<h2>%d failed</h2>\n".formatted(bad)).append(ErrorPicture.key());
        int shown = 0;
        for (int i = 0; i < report.results().size() && shown < DETAILED; i++) {
            CaseResult result = report.results().get(i);
            if (result.outcome() == Outcome.FAIL || result.outcome() == Outcome.ERROR) {
                failure(result, report.log().cases().get(i).output());
                shown++;
            }
        }
        if (shown < bad) {
            html.append("<p>The other %d stand in the list of all cases.</p>\n".formatted(bad - shown));
        }
    }

    private void failure(CaseResult result, String output) {
        html.append("<div class=\"case %s\"><h3>%s %s</h3><p class=\"soft\">%s, rule %s</p><p>%s</p>"
                .formatted(
                        result.outcome(),
                        result.outcome(),
                        escape(result.name()),
                        result.level(),
                        escape(String.join(", ", result.rules())),
                        escape(result.verdict().detail())));
        result.verdict().errors().ifPresent(map -> html.append(figure(map, "")));
        html.append("<pre>")
                .append(escape(report.scope().repeat(result.name())))
                .append("</pre>");
        if (!output.isEmpty()) {
            html.append("<details><summary>last lines of its JVM</summary><pre>%s</pre></details>"
                    .formatted(escape(output)));
        }
        html.append("</div>\n");
    }

    private static String figure(ErrorMap map, String caption) {
        return "<figure>%s<figcaption>%s'%s', rows downwards; the worst is %s of its bound</figcaption></figure>"
                .formatted(ErrorPicture.svg(map), escape(caption), escape(map.value()), OpBars.percent(map.worst()));
    }

    /** The worst passing case of each op that has a picture. */
    private void pictures() {
        Map<String, CaseResult> worst = new LinkedHashMap<>();
        for (CaseResult result : report.results()) {
            if (result.outcome() == Outcome.PASS && result.verdict().errors().isPresent()) {
                worst.merge(
                        result.op(),
                        result,
                        (a, b) -> b.verdict().used() > a.verdict().used() ? b : a);
            }
        }
        if (worst.isEmpty()) {
            return;
        }
        html.append("<h2>Where errors lie in the worst case that passed</h2>\n")
                .append(ErrorPicture.key())
                .append("<div class=\"pictures\">");
        worst.values()
                .forEach(one -> one.verdict().errors().ifPresent(map -> html.append(figure(map, one.name() + ": "))));
        html.append("</div>\n");
    }

    private void reasons(Outcome outcome, String title) {
        Map<String, Long> reasons = new LinkedHashMap<>();
        report.results().stream()
                .filter(one -> one.outcome() == outcome)
                .forEach(one -> reasons.merge(one.op() + ": " + one.verdict().detail(), 1L, Long::sum));
        if (!reasons.isEmpty()) {
            html.append("<h2>%s</h2>\n<table>\n".formatted(title));
            reasons.forEach((reason, n) ->
                    html.append("<tr><td class=\"number\">%d</td><td>%s</td></tr>\n".formatted(n, escape(reason))));
            html.append("</table>\n");
        }
    }

    private void waivers() {
        if (report.waivers().isEmpty()) {
            return;
        }
        html.append(
                "<h2>Waivers</h2>\n<table>\n<tr><th>device</th><th>drivers</th><th>cases</th><th>reason</th><th>expires</th></tr>\n");
        for (Waiver waiver : report.waivers()) {
            html.append("<tr><td>%s</td><td>%s to %s</td><td>%s</td><td>%s (%s)</td><td>%s</td></tr>\n"
                    .formatted(
                            escape(waiver.device().text()),
                            escape(waiver.drivers().from()),
                            escape(waiver.drivers().to()),
                            escape(waiver.cases().text()),
                            escape(waiver.reason()),
                            escape(waiver.link()),
                            waiver.expires()));
        }
        html.append("</table>\n");
    }

    private void facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(
                "backend", report.subject().backend() + " (" + report.subject().description() + ")");
        facts.put("device", report.subject().index() + ": " + device());
        facts.put("JVM", report.subject().jvm());
        facts.put("system", report.subject().system());
        facts.put("seed", String.valueOf(report.scope().seed()));
        facts.put("kit", report.kit().version() + ", SPI " + report.kit().spi());
        facts.put("kit's SHA-256", report.kit().hash());
        facts.put("command", report.scope().command());
        html.append("<h2>What was tested, by what</h2>\n<table>\n");
        facts.forEach((name, value) -> html.append("<tr><th>%s</th><td>%s</td></tr>\n".formatted(name, escape(value))));
        html.append("</table>\n");
    }

    private void everyCase() {
        html.append(
                "<h2>All cases</h2>\n<details><summary>%d cases</summary><table>\n<tr><th>level</th><th>case</th><th>rules</th><th>outcome</th><th class=\"number\">bound used</th></tr>\n"
                        .formatted(report.results().size()));
        for (CaseResult result : report.results()) {
            html.append("<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td class=\"number\">%s</td></tr>\n"
                    .formatted(
                            result.level(),
                            escape(result.name()),
                            escape(String.join(" ", result.rules())),
                            result.outcome(),
                            OpBars.percent(result.verdict().used())));
        }
        html.append("</table></details>\n");
    }

    private void footer() {
        html.append(String.format(
                Locale.ROOT,
                "<footer>Begun %s; %d cases took %.1f s. Recheck with: conformance verify %s</footer>%n",
                report.log().started(),
                report.results().size(),
                report.log().total().toMillis() / 1000.0,
                ReportFiles.JSON));
    }
}
