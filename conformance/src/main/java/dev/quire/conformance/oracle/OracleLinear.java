package dev.quire.conformance.oracle;

import dev.quire.api.program.Op;
import dev.quire.api.types.WeightFormat;
import java.util.Optional;
import java.util.stream.IntStream;

/** Linear, one output at a time. */
final class OracleLinear {
    /** Elements of x that share a scale where a backend rounds them to int8. */
    private static final int GROUP = 32;

    private final Matrix x;
    private final float[] weight;
    private final Optional<float[]> bias;
    private final WeightFormat format;
    private final Optional<Bound> bound;

    OracleLinear(Op.Linear op, Matrix x, float[] weight, Optional<float[]> bias, Optional<Bound> bound) {
        this.x = x;
        this.weight = weight;
        this.bias = bias;
        this.format = op.weight().format();
        this.bound = bound;
    }

    Result run(int outputs, Selection wanted) {
        Result out = Result.blank(x.rows(), outputs);
        IntStream.range(0, x.rows()).parallel().filter(wanted::row).forEach(t -> {
            double[] sizes = bound.isPresent() ? roundedSizes(t) : new double[0];
            for (int n = 0; n < outputs; n++) {
                if (wanted.column(n)) {
                    double value = value(t, n);
                    double allowed = bound.isPresent() ? allowed(bound.get(), t, n, value, sizes) : 0;
                    out.set(t, n, value, allowed);
                }
            }
        });
        return out;
    }

    private double value(int t, int n) {
        double sum = bias.isPresent() ? bias.get()[n] : 0;
        int row = t * x.width();
        int w = n * x.width();
        for (int k = 0; k < x.width(); k++) {
            sum += x.data()[row + k] * weight[w + k];
        }
        return sum;
    }

    /** What rounding errors of a row of x are relative to: each element, or the largest of its group. */
    private double[] roundedSizes(int t) {
        double[] sizes = new double[x.width()];
        boolean groups = format.isQuantized();
        for (int from = 0; from < sizes.length; from += groups ? GROUP : 1) {
            int to = Math.min(sizes.length, from + (groups ? GROUP : 1));
            double most = 0;
            for (int k = from; k < to; k++) {
                most = Math.max(most, Math.abs(x.at(t, k)));
            }
            java.util.Arrays.fill(sizes, from, to, most);
        }
        return sizes;
    }

    private double allowed(Bound b, int t, int n, double value, double[] sizes) {
        int row = t * x.width();
        int w = n * x.width();
        double roundoff = b.activationRoundoff(format);
        double lost = b.activationLoss(format);
        double lostWeight = b.weightLoss();
        double rounded = 0;
        double squares = 0;
        for (int k = 0; k < x.width(); k++) {
            double term = x.data()[row + k] * weight[w + k];
            double errorOfX = b.holds(format, x.data()[row + k]) ? 0 : roundoff * sizes[k] + lost;
            double error = errorOfX * weight[w + k] + lostWeight * x.data()[row + k];
            squares += term * term;
            rounded += error * error;
        }
        double size = bias.isPresent() ? Math.abs(bias.get()[n]) : 0;
        double terms = Math.sqrt(squares);
        return Bound.DEVIATIONS * (Math.sqrt(rounded) + b.weightRoundoff(format) * terms)
                + b.sum(x.width(), Math.abs(value) + size, terms)
                + Bound.FLOOR;
    }
}
