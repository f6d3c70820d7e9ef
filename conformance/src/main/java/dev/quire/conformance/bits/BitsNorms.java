package dev.quire.conformance.bits;

import dev.quire.api.program.Op;

/** Norms over runs of {@code group} elements of each row (RULES N8, N17). */
final class BitsNorms {
    private final BitsWeights weights;
    private final Canon canon;

    BitsNorms(BitsWeights weights, Canon canon) {
        this.weights = weights;
        this.canon = canon;
    }

    Matrix rms(Op.RmsNorm op, Matrix x) {
        int n = op.group();
        Matrix out = new Matrix(x.rows(), x.width());
        float[] weight = op.weight().map(weights::vector).orElseGet(() -> new float[0]);
        if (op.weightOffset() != 0) {
            for (int i = 0; i < weight.length; i++) {
                weight[i] = weight[i] + op.weightOffset();
            }
        }
        for (int from = 0; from < x.data().length; from += n) {
            float r = canon.inverseRoot(canon.squares(x.data(), from, n, 0f), n, op.eps());
            for (int i = 0; i < n; i++) {
                float y = x.data()[from + i] * r;
                out.data()[from + i] = weight.length == 0 ? y : y * weight[i];
            }
        }
        return out;
    }

    Matrix layer(Op.LayerNorm op, Matrix x) {
        int n = op.group();
        Matrix out = new Matrix(x.rows(), x.width());
        float[] weight = op.weight().map(weights::vector).orElseGet(() -> new float[0]);
        float[] bias = op.bias().map(weights::vector).orElseGet(() -> new float[0]);
        for (int from = 0; from < x.data().length; from += n) {
            float mean = canon.sum(x.data(), from, n) / n;
            float r = canon.inverseRoot(canon.squares(x.data(), from, n, mean), n, op.eps());
            for (int i = 0; i < n; i++) {
                float y = (x.data()[from + i] - mean) * r;
                y = weight.length == 0 ? y : y * weight[i];
                out.data()[from + i] = bias.length == 0 ? y : y + bias[i];
            }
        }
        return out;
    }
}
