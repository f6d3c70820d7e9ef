package dev.quire.conformance.report;

import static dev.quire.conformance.report.Markup.escape;

import java.util.List;
import java.util.Locale;

/** A table of ops with a bar of outcomes and a bar of the worst error each. */
final class OpBars {
    private final List<Tally> tallies;

    OpBars(List<CaseResult> results) {
        tallies = Tally.of(results);
    }

    String html() {
        StringBuilder html = new StringBuilder("<h2>By op</h2>\n<p class=\"key\">");
        for (Outcome outcome : Outcome.values()) {
            html.append("<span><i class=\"%s\"></i>%s</span>"
                    .formatted(outcome, outcome.name().toLowerCase(Locale.ROOT)));
        }
        html.append(
                "</p>\n<table>\n<tr><th>level</th><th>op</th><th class=\"number\">cases</th><th>outcomes</th><th class=\"number\">worst</th><th>part of the bound used</th></tr>\n");
        for (Tally tally : tallies) {
            html.append(
                    "<tr><td>%s</td><td>%s</td><td class=\"number\">%d</td><td>%s</td><td class=\"number\">%s</td><td>%s</td></tr>\n"
                            .formatted(
                                    tally.level(),
                                    escape(tally.op()),
                                    tally.cases(),
                                    outcomes(tally),
                                    percent(tally.used()),
                                    used(tally.used())));
        }
        return html.append("</table>\n").toString();
    }

    /** Such as 12.5%. */
    static String percent(double used) {
        return Double.isInfinite(used) ? "∞" : String.format(Locale.ROOT, used < 100 ? "%.1f%%" : "%.1e%%", 100 * used);
    }

    private static String outcomes(Tally tally) {
        StringBuilder bar = new StringBuilder("<div class=\"bar\">");
        for (Outcome outcome : Outcome.values()) {
            if (tally.count(outcome) > 0) {
                bar.append(String.format(
                        Locale.ROOT,
                        "<i class=\"%s\" style=\"width:%.2f%%\" title=\"%d %s\"></i>",
                        outcome,
                        100.0 * tally.count(outcome) / tally.cases(),
                        tally.count(outcome),
                        outcome.name().toLowerCase(Locale.ROOT)));
            }
        }
        return bar.append("</div>").toString();
    }

    private static String used(double used) {
        return String.format(
                Locale.ROOT,
                "<div class=\"bar\"><i class=\"%s\" style=\"width:%.2f%%\"></i></div>",
                used <= 1 ? "" : "over",
                100 * Math.min(1, used));
    }
}
