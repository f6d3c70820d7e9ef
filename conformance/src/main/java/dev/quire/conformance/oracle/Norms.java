package dev.quire.conformance.oracle;

import java.util.Optional;

/** Norms over runs of {@code group} elements of each row. */
final class Norms {
    private Norms() {}

    static Result rms(Matrix x, Optional<float[]> weight, double offset, double eps, int group, Bound bound) {
        Result out = Result.blank(x.rows(), x.width());
        for (int from = 0; from < x.data().length; from += group) {
            double squares = 0;
            for (int i = 0; i < group; i++) {
                squares += x.data()[from + i] * x.data()[from + i];
            }
            double r = 1 / Math.sqrt(squares / group + eps);
            for (int i = 0; i < group; i++) {
                double w = weight.isPresent() ? weight.get()[i] + offset : 1;
                double size = weight.isPresent() ? Math.abs(weight.get()[i]) + Math.abs(offset) : 1;
                double normed = x.data()[from + i] * r;
                out.values().data()[from + i] = normed * w;
                out.allowed().data()[from + i] = bound.norm(group) * Math.abs(normed) * size + bound.some(0);
            }
        }
        return out;
    }

    /** A mean is off by a sum's error, relative to the mean size of x; so is each deviation, by that and its own rounding. */
    static Result layer(
            Matrix x, Optional<float[]> weight, Optional<float[]> bias, double eps, int group, Bound bound) {
        Result out = Result.blank(x.rows(), x.width());
        for (int from = 0; from < x.data().length; from += group) {
            double sum = 0;
            double sizes = 0;
            for (int i = 0; i < group; i++) {
                sum += x.data()[from + i];
                sizes += Math.abs(x.data()[from + i]);
            }
            double mean = sum / group;
            double squares = 0;
            for (int i = 0; i < group; i++) {
                double d = x.data()[from + i] - mean;
                squares += d * d;
            }
            double r = 1 / Math.sqrt(squares / group + eps);
            double factor = bound.norm(group);
            double spread = factor * (1 + r * sizes / group / Math.sqrt(group));
            for (int i = 0; i < group; i++) {
                double w = weight.isPresent() ? weight.get()[i] : 1;
                double b = bias.isPresent() ? bias.get()[i] : 0;
                double value = x.data()[from + i];
                double scaled = (value - mean) * r * w;
                out.values().data()[from + i] = scaled + b;
                out.allowed().data()[from + i] = factor * (Math.abs(value) + sizes / group) * r * Math.abs(w)
                        + spread * Math.abs(scaled)
                        + bound.some(Math.abs(b));
            }
        }
        return out;
    }
}
