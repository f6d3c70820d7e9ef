package dev.quire.server.bench.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Draws plots as inline SVG. */
final class SvgPlot {
    private static final List<String> COLOURS =
            List.of("#2f6fdf", "#d9822b", "#2a9d6f", "#b0489a", "#8a7a2e", "#c23b3b", "#4aa3b8", "#6b5bd2");
    private static final int WIDTH = 860;
    private static final int LABELS = 300;
    private static final int BAR = 22;
    private static final int HEIGHT = 320;
    private static final int LEFT = 80;
    private static final int BOTTOM = 50;
    private static final int TOP = 16;
    private static final int RIGHT = 180;
    private static final int TICKS = 5;

    private SvgPlot() {}

    static String of(Plot plot) {
        return switch (plot) {
            case Plot.Bars bars -> bars(bars);
            case Plot.Lines lines -> lines(lines);
        };
    }

    private static String bars(Plot.Bars plot) {
        double most = largest(plot.bars().stream().map(Plot.Bar::value));
        int height = BAR * plot.bars().size() + 8;
        StringBuilder svg = open(height, plot.title());
        int y = 4;
        for (Plot.Bar bar : plot.bars()) {
            double length = (WIDTH - LABELS - 120) * bar.value() / most;
            svg.append(text(LABELS - 8, y + 15, "end", "", bar.label()));
            svg.append(format(
                    "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\" fill=\"%s\"/>\n",
                    LABELS, y + 2, Math.max(1, length), BAR - 5, COLOURS.getFirst()));
            svg.append(text(LABELS + length + 6, y + 15, "start", "soft", shown(bar.value()) + " " + plot.unit()));
            y += BAR;
        }
        return svg.append("</svg>").toString();
    }

    private static String lines(Plot.Lines plot) {
        double right = largest(points(plot).map(Plot.Point::x));
        double top = largest(points(plot).map(Plot.Point::y));
        StringBuilder svg = open(HEIGHT, plot.title());
        for (int i = 0; i <= TICKS; i++) {
            double y = y(top * i / TICKS, top);
            double x = x(right * i / TICKS, right);
            svg.append(format(
                    "<line class=\"axis\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/>\n", LEFT, y, WIDTH - RIGHT, y));
            svg.append(text(LEFT - 8, y + 4, "end", "soft", shown(top * i / TICKS)));
            svg.append(text(x, HEIGHT - BOTTOM + 18, "middle", "soft", shown(right * i / TICKS)));
        }
        svg.append(text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 8, "middle", "", plot.across()));
        svg.append(format(
                "<g transform=\"rotate(-90)\">%s</g>\n",
                text((BOTTOM - HEIGHT - TOP) / 2.0, 14, "middle", "", plot.up())));
        for (int i = 0; i < plot.lines().size(); i++) {
            curve(plot.lines().get(i), COLOURS.get(i % COLOURS.size()), right, top, svg);
            svg.append(format(
                    "<circle cx=\"%d\" cy=\"%d\" r=\"5\" fill=\"%s\"/>\n",
                    WIDTH - RIGHT + 24, TOP + 10 + 20 * i, COLOURS.get(i % COLOURS.size())));
            svg.append(text(
                    WIDTH - RIGHT + 36,
                    TOP + 14 + 20 * i,
                    "start",
                    "",
                    plot.lines().get(i).label()));
        }
        return svg.append("</svg>").toString();
    }

    private static void curve(Plot.Line line, String colour, double right, double top, StringBuilder svg) {
        StringBuilder path = new StringBuilder();
        for (Plot.Point point : line.points()) {
            path.append(format("%.1f,%.1f ", x(point.x(), right), y(point.y(), top)));
            svg.append(format(
                    "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>\n",
                    x(point.x(), right), y(point.y(), top), colour));
        }
        svg.append(format(
                "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>\n",
                path.toString().strip(), colour));
    }

    private static Stream<Plot.Point> points(Plot.Lines plot) {
        return plot.lines().stream().flatMap(line -> line.points().stream());
    }

    private static double x(double value, double right) {
        return LEFT + (WIDTH - LEFT - RIGHT) * value / right;
    }

    private static double y(double value, double top) {
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / top;
    }

    /** What an axis ends at; never 0, so that nothing divides by it. */
    private static double largest(Stream<Double> values) {
        double most = values.mapToDouble(value -> value)
                .filter(Double::isFinite)
                .max()
                .orElse(0);
        return most > 0 ? most : 1;
    }

    private static StringBuilder open(int height, String title) {
        return new StringBuilder(format(
                "<svg viewBox=\"0 0 %d %d\" width=\"%d\" role=\"img\" aria-label=\"%s\">\n",
                WIDTH, height, WIDTH, HtmlReport.escaped(title)));
    }

    private static String text(double x, double y, String anchor, String style, String words) {
        return format(
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" class=\"%s\">%s</text>\n",
                x, y, anchor, style, HtmlReport.escaped(words));
    }

    private static String shown(double value) {
        return Math.abs(value) >= 100 ? format("%.0f", value) : format("%.3g", value);
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
