package dev.quire.conformance.cases;

import dev.quire.api.program.Value;
import dev.quire.conformance.report.ErrorMap;

/** Draws the errors of a value on at most 48 × 48 cells, each showing its worst. */
final class ErrorMaps {
    private ErrorMaps() {}

    /** @param used [rows, width] error of each element as a part of its bound */
    static ErrorMap of(Value value, double[] used) {
        int width = value.width();
        int rows = used.length / width;
        int down = Math.min(rows, ErrorMap.MOST);
        int across = Math.min(width, ErrorMap.MOST);
        double[] cells = new double[down * across];
        for (int i = 0; i < used.length; i++) {
            int cell = i / width * down / rows * across + i % width * across / width;
            cells[cell] = Math.max(cells[cell], used[i]);
        }
        return new ErrorMap(value.name(), down, across, cells);
    }
}
