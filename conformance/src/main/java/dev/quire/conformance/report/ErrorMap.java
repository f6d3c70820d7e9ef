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

    public ErrorMap {
        if (rows < 1 || columns < 1 || used.length != rows * columns) {
            throw new IllegalArgumentException(
                    "an error map of [%d, %d] cells cannot have %d".formatted(rows, columns, used.length));
        }
    }

    /**
     * The map of a value: elements that share a cell give it their worst.
     *
     * @param elements [elements.length / width, width], row-major; the error of each as a part of its bound
     */
    public static ErrorMap of(String value, int width, double[] elements) {
        int high = Math.max(1, elements.length / width);
        int rows = Math.min(MOST, high);
        int columns = Math.min(MOST, width);
        double[] cells = new double[rows * columns];
        for (int i = 0; i < elements.length; i++) {
            int row = (int) ((long) (i / width) * rows / high);
            int column = (int) ((long) (i % width) * columns / width);
            int cell = row * columns + column;
            cells[cell] = Double.isNaN(elements[i]) ? Double.POSITIVE_INFINITY : Math.max(cells[cell], elements[i]);
        }
        return new ErrorMap(value, rows, columns, cells);
    }

    /** The worst of all cells. */
    public double worst() {
        double worst = 0;
        for (double cell : used) {
            worst = Math.max(worst, cell);
        }
        return worst;
    }
}
