package dev.quire.server.bench.report;

import java.util.Locale;

/**
 * What a column holds. JSON has its numbers as they are, people see them scaled.
 *
 * @param key name in JSON, with the unit: {@code seconds}, {@code bytes_per_second}
 * @param heading name and unit for people
 * @param scale shown is the number times this
 * @param decimals digits after the point that are shown
 */
public record Column(String key, String heading, double scale, int decimals) {
    /** Words. */
    public static Column text(String key, String heading) {
        return new Column(key, heading, 1, 0);
    }

    /** A plain number. */
    public static Column number(String key, String heading, int decimals) {
        return new Column(key, heading, 1, decimals);
    }

    /** Seconds, shown as milliseconds. */
    public static Column millis(String key, String heading) {
        return new Column(key, heading, 1e3, 3);
    }

    /** A part of one, shown in percent. */
    public static Column percent(String key, String heading) {
        return new Column(key, heading, 100, 1);
    }

    /** The cell as people read it. */
    public String shown(Cell cell) {
        return switch (cell) {
            case Cell.Text(String text) -> text;
            case Cell.Figure(double value) ->
                Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%." + decimals + "f", value * scale);
        };
    }
}
