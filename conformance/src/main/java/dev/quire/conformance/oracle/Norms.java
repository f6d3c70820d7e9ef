package dev.quire.conformance.oracle;

import java.util.Optional;

/** Norms over runs of {@code group} elements of each row. */
final class Norms {
    private Norms() {}

    static Matrix rms(Matrix x, Optional<float[]> weight, double offset, double eps, int group) {
        Matrix out = new Matrix(x.rows(), x.width());
        for (int from = 0; from < x.data().length; from += group) {
            double squares = 0;
            for (int i = 0; i < group; i++) {
                squares += x.data()[from + i] * x.data()[from + i];
            }
            double r = 1 / Math.sqrt(squares / group + eps);
            for (int i = 0; i < group; i++) {
                double w = weight.isPresent() ? weight.get()[i] + offset : 1;
                out.data()[from + i] = x.data()[from + i] * r * w;
            }
        }
        return out;
    }

    static Matrix layer(Matrix x, Optional<float[]> weight, Optional<float[]> bias, double eps, int group) {
        Matrix out = new Matrix(x.rows(), x.width());
        for (int from = 0; from < x.data().length; from += group) {
            double sum = 0;
            for (int i = 0; i < group; i++) {
                sum += x.data()[from + i];
            }
            double mean = sum / group;
            double squares = 0;
            for (int i = 0; i < group; i++) {
                double d = x.data()[from + i] - mean;
                squares += d * d;
            }
            double r = 1 / Math.sqrt(squares / group + eps);
            for (int i = 0; i < group; i++) {
                double w = weight.isPresent() ? weight.get()[i] : 1;
                double b = bias.isPresent() ? bias.get()[i] : 0;
                out.data()[from + i] = (x.data()[from + i] - mean) * r * w + b;
            }
        }
        return out;
    }
}
