package dev.quire.conformance.oracle;

import dev.quire.api.program.ExpertOp;
import dev.quire.api.program.Op;
import dev.quire.api.program.WeightRef;
import dev.quire.conformance.interpreter.ExpertChoice;
import dev.quire.conformance.interpreter.ExpertRows;
import java.util.Optional;
import java.util.function.Function;

/** Mixtures of experts: who is chosen, what each makes of its parts, and their sum. */
final class OracleExperts {
    private OracleExperts() {}

    /** The experts of each row, and their gates. */
    record Routed(Result experts, Result gates) {}

    static Routed route(ExpertOp.Route op, Matrix scores, Bound bound) {
        int chosen = op.experts().width();
        Result experts = Result.copied(new Matrix(scores.rows(), chosen));
        Result gates = Result.blank(scores.rows(), chosen);
        for (int t = 0; t < scores.rows(); t++) {
            int row = t;
            int[] best = ExpertChoice.of(
                    scores.width(), chosen, (a, b) -> ExpertChoice.beats(scores.at(row, a), scores.at(row, b)));
            double most = scores.at(t, best[0]);
            double mass = 0;
            for (int e = 0; e < scores.width(); e++) {
                mass += op.over() == ExpertOp.Route.Over.ALL ? mass(scores.at(t, e), most) : 0;
            }
            for (int j = 0; j < chosen; j++) {
                mass += op.over() == ExpertOp.Route.Over.CHOSEN ? mass(scores.at(t, best[j]), most) : 0;
            }
            for (int j = 0; j < chosen; j++) {
                experts.values().set(t, j, best[j]);
                double gate = mass(scores.at(t, best[j]), most) / mass;
                double distance = Math.min(200, most - scores.at(t, best[j]));
                gates.set(t, j, gate, bound.some((2 + distance) * gate) + bound.norm(scores.width()) * gate);
            }
        }
        return new Routed(experts, gates);
    }

    private static double mass(double score, double most) {
        return Double.isNaN(score) ? 0 : StrictMath.exp(score - most);
    }

    static Result linear(
            ExpertOp.ExpertLinear op,
            Matrix x,
            Matrix experts,
            Function<WeightRef, float[]> weights,
            Optional<Bound> bound) {
        int inputs = op.weights().getFirst().columns();
        int outputs = op.weights().getFirst().rows();
        Result out = Result.blank(x.rows(), op.out().width());
        ExpertRows.of(x.rows(), experts.width(), (t, j) -> (int) experts.at(t, j))
                .forEach((expert, rows) -> {
                    Matrix own = new Matrix(rows.count(), inputs);
                    rows.gather(
                            op,
                            inputs,
                            x.width(),
                            (from, to, count) -> System.arraycopy(x.data(), from, own.data(), to, count));
                    Op.Linear linear = ExpertRows.linear(op, expert);
                    float[] weight = weights.apply(linear.weight());
                    Result result =
                            new OracleLinear(linear, own, weight, Optional.empty(), bound).run(outputs, Selection.ALL);
                    for (int i = 0; i < rows.count(); i++) {
                        for (int n = 0; n < outputs; n++) {
                            int column = rows.parts().get(i) * outputs + n;
                            out.set(
                                    rows.rows().get(i),
                                    column,
                                    result.values().at(i, n),
                                    result.allowed().at(i, n));
                        }
                    }
                });
        return out;
    }

    static Result sum(ExpertOp.WeightedSum op, Matrix x, Matrix gates, Bound bound) {
        int width = op.out().width();
        Result out = Result.blank(x.rows(), width);
        for (int t = 0; t < x.rows(); t++) {
            for (int i = 0; i < width; i++) {
                double sum = 0;
                double squares = 0;
                double sizes = 0;
                for (int j = 0; j < gates.width(); j++) {
                    double term = gates.at(t, j) * x.at(t, j * width + i);
                    sum += term;
                    squares += term * term;
                    sizes += Math.abs(term);
                }
                out.set(t, i, sum, bound.once(sizes) + bound.sum(gates.width(), sum, Math.sqrt(squares)));
            }
        }
        return out;
    }
}
