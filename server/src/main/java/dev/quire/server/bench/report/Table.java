package dev.quire.server.bench.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows of figures.
 *
 * @param name key in JSON
 * @param title heading
 * @param columns what the cells of a row are
 * @param rows each with as many cells as there are columns
 */
public record Table(String name, String title, List<Column> columns, List<List<Cell>> rows) {
    /** @throws IllegalArgumentException if a row has more or fewer cells than there are columns */
    public Table {
        columns = List.copyOf(columns);
        rows = rows.stream().map(List::copyOf).toList();
        for (List<Cell> row : rows) {
            if (row.size() != columns.size()) {
                throw new IllegalArgumentException(
                        "table '%s' has %d columns and a row of %d cells".formatted(name, columns.size(), row.size()));
            }
        }
    }

    /** A table without a row. */
    public static Table of(String name, String title, Column... columns) {
        return new Table(name, title, List.of(columns), List.of());
    }

    /** This table with another row: texts and numbers. */
    public Table with(Object... values) {
        List<Cell> cells = new ArrayList<>();
        for (Object value : values) {
            cells.add(
                    value instanceof Number number
                            ? new Cell.Figure(number.doubleValue())
                            : new Cell.Text(String.valueOf(value)));
        }
        List<List<Cell>> more = new ArrayList<>(rows);
        more.add(cells);
        return new Table(name, title, columns, more);
    }
}
