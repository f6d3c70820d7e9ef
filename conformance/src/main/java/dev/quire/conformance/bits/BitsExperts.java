package dev.quire.conformance.bits;

import dev.quire.api.program.ExpertOp;
import dev.quire.conformance.interpreter.ExpertChoice;
import dev.quire.conformance.interpreter.ExpertRows;

/** Mixtures of experts (RULES N21 to N23). */
final class BitsExperts {
    private final BitsWeights weights;
    private final Canon canon;

    BitsExperts(BitsWeights weights, Canon canon) {
        this.weights = weights;
        this.canon = canon;
    }

    /** The experts of each row, and their gates. */
    record Routed(Matrix experts, Matrix gates) {}

    Routed route(ExpertOp.Route op, Matrix scores) {
        int chosen = op.experts().width();
        Routed routed = new Routed(new Matrix(scores.rows(), chosen), new Matrix(scores.rows(), chosen));
        for (int t = 0; t < scores.rows(); t++) {
            int row = t;
            int[] best = ExpertChoice.of(
                    scores.width(), chosen, (a, b) -> canon.beats(scores.at(row, a), scores.at(row, b)));
            float most = scores.at(t, best[0]);
            float mass = switch (op.over()) {
                case ALL -> {
                    float[] all = new float[scores.width()];
                    for (int e = 0; e < all.length; e++) {
                        all[e] = mass(scores.at(t, e), most);
                    }
                    yield canon.sum(all, 0, all.length);
                }
                case CHOSEN -> {
                    float sum = 0f;
                    for (int expert : best) {
                        sum = sum + mass(scores.at(t, expert), most);
                    }
                    yield sum;
                }
            };
            for (int j = 0; j < chosen; j++) {
                routed.experts().set(t, j, best[j]);
                routed.gates().set(t, j, mass(scores.at(t, best[j]), most) / mass);
            }
        }
        return routed;
    }

    private float mass(float score, float most) {
        return Float.isNaN(score) ? 0f : canon.exp(score - most);
    }

    Matrix linear(ExpertOp.ExpertLinear op, Matrix x, Matrix experts) {
        int inputs = op.weights().getFirst().columns();
        int outputs = op.weights().getFirst().rows();
        Matrix out = new Matrix(x.rows(), op.out().width());
        ExpertRows.of(x.rows(), experts.width(), (t, j) -> (int) experts.at(t, j))
                .forEach((expert, rows) -> {
                    Matrix own = new Matrix(rows.count(), inputs);
                    rows.gather(
                            op,
                            inputs,
                            x.width(),
                            (from, to, count) -> System.arraycopy(x.data(), from, own.data(), to, count));
                    Matrix result = new BitsLinear(ExpertRows.linear(op, expert), weights, canon).run(own);
                    for (int i = 0; i < rows.count(); i++) {
                        int to = rows.rows().get(i) * out.width() + rows.parts().get(i) * outputs;
                        System.arraycopy(result.data(), i * outputs, out.data(), to, outputs);
                    }
                });
        return out;
    }

    Matrix sum(ExpertOp.WeightedSum op, Matrix x, Matrix gates) {
        int width = op.out().width();
        Matrix out = new Matrix(x.rows(), width);
        for (int t = 0; t < x.rows(); t++) {
            for (int i = 0; i < width; i++) {
                float sum = 0f;
                for (int j = 0; j < gates.width(); j++) {
                    sum = canon.plusProduct(sum, gates.at(t, j), x.at(t, j * width + i));
                }
                out.set(t, i, sum);
            }
        }
        return out;
    }
}
