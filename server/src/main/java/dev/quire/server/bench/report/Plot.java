package dev.quire.server.bench.report;

import java.util.List;

/** A picture of some figures. */
public sealed interface Plot {
    /** Heading. */
    String title();

    /**
     * Lengths side by side.
     *
     * @param unit of the values
     * @param bars in the order in which they are drawn, downwards
     */
    record Bars(String title, String unit, List<Bar> bars) implements Plot {
        public Bars {
            bars = List.copyOf(bars);
        }
    }

    /** One length; at least 0. */
    record Bar(String label, double value) {}

    /**
     * Curves over one axis.
     *
     * @param across name and unit of the horizontal axis
     * @param up name and unit of the vertical axis
     * @param lines in the order of the legend
     */
    record Lines(String title, String across, String up, List<Line> lines) implements Plot {
        public Lines {
            lines = List.copyOf(lines);
        }
    }

    /** One curve, from left to right. */
    record Line(String label, List<Point> points) {
        public Line {
            points = List.copyOf(points);
        }
    }

    /** A place on a curve. */
    record Point(double x, double y) {}
}
