package dev.quire.server.bench.report;

import java.util.stream.Collectors;

/** A report as one page that needs nothing else: plots are drawn in it. */
public final class HtmlReport {
    private static final String STYLE = """
            :root { color-scheme: light dark; --ink: #1c2330; --soft: #5b6472; --rule: #d9dee6; --page: #ffffff; --stripe: #f5f7fa; }
            @media (prefers-color-scheme: dark) {
              :root { --ink: #e6e9ef; --soft: #9aa4b2; --rule: #353c47; --page: #14181f; --stripe: #1b2029; } }
            body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); max-width: 68rem; margin: 2rem auto; padding: 0 1rem; }
            h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
            dl { display: grid; grid-template-columns: max-content auto; gap: .1rem 1rem; } dt { color: var(--soft); } dd { margin: 0; }
            .wide { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
            th, td { padding: .25rem .7rem; border-bottom: 1px solid var(--rule); text-align: right; white-space: nowrap; }
            th { color: var(--soft); font-weight: 600; } .words { text-align: left; } tbody tr:nth-child(even) { background: var(--stripe); }
            svg { max-width: 100%; height: auto; } svg text { fill: var(--ink); font: 12px system-ui, sans-serif; } svg .axis { stroke: var(--rule); }
            svg .soft { fill: var(--soft); }
            """;

    private HtmlReport() {}

    /** The whole page. */
    public static String of(Report report) {
        StringBuilder page = new StringBuilder();
        String title = "quire bench " + report.mode();
        page.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                .append("<title>%s</title>\n<style>\n%s</style>\n</head>\n<body>\n".formatted(escaped(title), STYLE))
                .append("<h1>%s</h1>\n<dl>\n".formatted(escaped(title)));
        for (Report.Fact fact : report.facts()) {
            page.append("<dt>%s</dt><dd>%s</dd>\n".formatted(escaped(fact.name()), escaped(fact.value())));
        }
        page.append("</dl>\n");
        for (Plot plot : report.plots()) {
            page.append(
                    "<h2>%s</h2>\n<div class=\"wide\">%s</div>\n".formatted(escaped(plot.title()), SvgPlot.of(plot)));
        }
        report.tables().forEach(table -> page.append(table(table)));
        return page.append("</body>\n</html>\n").toString();
    }

    private static String table(Table table) {
        String head = table.columns().stream()
                .map(column -> "<th>%s</th>".formatted(escaped(column.heading())))
                .collect(Collectors.joining());
        StringBuilder rows = new StringBuilder();
        for (var row : table.rows()) {
            rows.append("<tr>");
            for (int i = 0; i < row.size(); i++) {
                String kind = row.get(i) instanceof Cell.Text ? " class=\"words\"" : "";
                rows.append("<td%s>%s</td>"
                        .formatted(kind, escaped(table.columns().get(i).shown(row.get(i)))));
            }
            rows.append("</tr>\n");
        }
        return "<h2>%s</h2>\n<div class=\"wide\"><table>\n<thead><tr>%s</tr></thead>\n<tbody>\n%s</tbody>\n</table></div>\n"
                .formatted(escaped(table.title()), head, rows);
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
