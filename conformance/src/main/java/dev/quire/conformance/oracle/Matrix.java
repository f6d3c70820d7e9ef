package dev.quire.conformance.oracle;

/** A value in float64: [rows, width], row-major. Token ids and positions are whole numbers in it. */
record Matrix(int rows, int width, double[] data) {
    Matrix(int rows, int width) {
        this(rows, width, new double[Math.multiplyExact(rows, width)]);
    }

    double at(int row, int column) {
        return data[row * width + column];
    }

    void set(int row, int column, double value) {
        data[row * width + column] = value;
    }
}
