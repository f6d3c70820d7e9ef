package dev.quire.server.bench.report;

import java.util.ArrayList;
import java.util.List;

/** A report as a terminal shows it: words to the left, numbers to the right. */
public final class TextReport {
    private TextReport() {}

    /** The whole report. */
    public static String of(Report report) {
        StringBuilder text = new StringBuilder();
        int widest = report.facts().stream()
                .mapToInt(fact -> fact.name().length())
                .max()
                .orElse(0);
        for (Report.Fact fact : report.facts()) {
            text.append(padded(fact.name(), widest + 2, Side.LEFT))
                    .append(fact.value())
                    .append('\n');
        }
        report.tables().forEach(table -> append(table, text));
        return text.toString();
    }

    private enum Side {
        LEFT,
        RIGHT
    }

    private static void append(Table table, StringBuilder text) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(table.columns().stream().map(Column::heading).toList());
        for (List<Cell> row : table.rows()) {
            List<String> line = new ArrayList<>();
            for (int i = 0; i < row.size(); i++) {
                line.add(table.columns().get(i).shown(row.get(i)));
            }
            lines.add(line);
        }
        text.append('\n').append(table.title()).append('\n');
        for (List<String> line : lines) {
            StringBuilder joined = new StringBuilder();
            for (int i = 0; i < line.size(); i++) {
                int column = i;
                int width = lines.stream()
                        .mapToInt(other -> other.get(column).length())
                        .max()
                        .orElse(0);
                joined.append(i == 0 ? "" : "  ")
                        .append(padded(line.get(i), width, isText(table, i) ? Side.LEFT : Side.RIGHT));
            }
            text.append(joined.toString().stripTrailing()).append('\n');
        }
    }

    private static boolean isText(Table table, int column) {
        return table.rows().stream().allMatch(row -> row.get(column) instanceof Cell.Text);
    }

    private static String padded(String word, int width, Side side) {
        String blanks = " ".repeat(Math.max(0, width - word.length()));
        return side == Side.LEFT ? word + blanks : blanks + word;
    }
}
