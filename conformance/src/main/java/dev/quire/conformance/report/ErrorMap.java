package dev.quire.conformance.report;

/**
 * Where the errors of a value lie: the worst of each cell, as a part of its bound.
 *
 * @param value the value's name
 * @param rows cells down
 * @param columns cells across
 * @param used [rows · columns], row-major; more than 1 is beyond the bound
 */
public record ErrorMap(String value, int rows, int columns, double[] used) {
    /** Most cells each way: larger values share cells. */
    public static final int MOST = 48;
}
