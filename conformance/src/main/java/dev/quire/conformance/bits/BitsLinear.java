package dev.quire.conformance.bits;

import dev.quire.api.program.Op;
import java.util.Optional;
import java.util.stream.IntStream;

/** x · weightᵀ + bias: both sides rounded to bf16, each output one dot or eight (RULES N4 to N6). Outputs run on the common pool. */
final class BitsLinear {
    private final Op.Linear op;
    private final short[] weight;
    private final Optional<float[]> bias;
    private final Canon canon;

    BitsLinear(Op.Linear op, BitsWeights weights, Canon canon) {
        this.op = op;
        this.weight = weights.rounded(op.weight());
        this.bias = op.bias().map(weights::vector);
        this.canon = canon;
    }

    Matrix run(Matrix x) {
        Matrix narrow = new Matrix(x.rows(), x.width(), canon.narrowed(x.data()));
        Matrix out = new Matrix(x.rows(), op.out().width());
        IntStream.range(0, out.width()).parallel().forEach(n -> column(narrow, n, out));
        return out;
    }

    private void column(Matrix x, int n, Matrix out) {
        int k = x.width();
        float[] row = new float[k];
        for (int i = 0; i < k; i++) {
            row[i] = Float.intBitsToFloat(weight[n * k + i] << 16);
        }
        for (int t = 0; t < x.rows(); t++) {
            float sum = switch (op.split()) {
                case WHOLE -> canon.dot(x.data(), t * k, row, 0, k);
                case EIGHT_SLICES -> canon.slicedDot(x.data(), t * k, row, 0, k);
            };
            out.set(t, n, bias.isPresent() ? sum + bias.get()[n] : sum);
        }
    }
}
