package dev.quire.conformance.report;

import static dev.quire.conformance.report.Markup.escape;

import java.util.List;

/** An error map as SVG: a square, rows downwards, columns to the right; darker is nearer to the bound, red beyond it. */
final class ErrorPicture {
    /** Upper ends of the shades but the last, as parts of the bound, and their names. */
    private static final List<Double> ENDS = List.of(0.0, 0.25, 0.5, 0.75, 1.0, 10.0);

    private static final List<String> NAMES =
            List.of("none", "to 25%", "to 50%", "to 75%", "to the bound", "to 10 times the bound", "worse");

    private ErrorPicture() {}

    static String svg(ErrorMap map) {
        StringBuilder svg = new StringBuilder(
                "<svg class=\"map\" viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\" role=\"img\"><title>%s</title>"
                        .formatted(map.columns(), map.rows(), escape("errors of " + map.value())));
        for (int row = 0; row < map.rows(); row++) {
            int from = 0;
            for (int column = 1; column <= map.columns(); column++) {
                if (column == map.columns() || shade(map, row, column) != shade(map, row, from)) {
                    svg.append("<rect class=\"u%d\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"1\"/>"
                            .formatted(shade(map, row, from), from, row, column - from));
                    from = column;
                }
            }
        }
        return svg.append("</svg>").toString();
    }

    /** What the shades mean. */
    static String key() {
        StringBuilder key = new StringBuilder("<p class=\"key\">error of a cell, as a part of its bound:");
        for (int shade = 0; shade < NAMES.size(); shade++) {
            key.append(
                    "<span><svg class=\"u%d\" viewBox=\"0 0 1 1\" width=\"12\" height=\"12\"><rect class=\"u%d\" width=\"1\" height=\"1\"/></svg>%s</span>"
                            .formatted(shade, shade, NAMES.get(shade)));
        }
        return key.append("</p>\n").toString();
    }

    private static int shade(ErrorMap map, int row, int column) {
        double used = map.used()[row * map.columns() + column];
        int shade = 0;
        while (shade < ENDS.size() && !(used <= ENDS.get(shade))) {
            shade++;
        }
        return shade;
    }
}
