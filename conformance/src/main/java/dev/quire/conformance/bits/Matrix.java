package dev.quire.conformance.bits;

/** A value in float32: [rows, width], row-major. Token ids, positions and ranks are whole numbers below 2²⁴ in it. */
record Matrix(int rows, int width, float[] data) {
    Matrix(int rows, int width) {
        this(rows, width, new float[Math.multiplyExact(rows, width)]);
    }

    float at(int row, int column) {
        return data[row * width + column];
    }

    void set(int row, int column, float value) {
        data[row * width + column] = value;
    }
}
