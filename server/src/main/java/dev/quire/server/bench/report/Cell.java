package dev.quire.server.bench.report;

/** One entry of a table. */
public sealed interface Cell {
    /** Words. */
    record Text(String text) implements Cell {}

    /** A number in its column's own unit; NaN where there is none. */
    record Figure(double value) implements Cell {}
}
