package dev.quire.conformance.oracle;

import dev.quire.api.program.Op;
import java.util.Arrays;

/** One query and head: the score of every key that it sees, then the softmax, then the weighted sum of values. */
final class AttentionRow {
    private final Op.Attend op;
    private final double[] q;
    private final double[] k;
    private final double[] v;
    private final int head;

    private int count;
    private int[] at = new int[64];
    private double[] dots = new double[64];
    private double[] scores = new double[64];
    private double[] weights = new double[0];
    private double mass;

    AttentionRow(Op.Attend op, Matrix q, int row, int head, double[] k, double[] v) {
        int size = op.shape().headSize();
        int from = row * q.width() + head * size;
        this.op = op;
        this.q = Arrays.copyOfRange(q.data(), from, from + size);
        this.head = head;
        this.k = k;
        this.v = v;
    }

    /**
     * A visible key.
     *
     * @param element where its head begins in keys and values
     * @param distance its position less the query's
     */
    void see(int element, int distance) {
        if (count == at.length) {
            at = Arrays.copyOf(at, 2 * count);
            dots = Arrays.copyOf(dots, 2 * count);
            scores = Arrays.copyOf(scores, 2 * count);
        }
        double dot = 0;
        for (int d = 0; d < q.length; d++) {
            dot += q[d] * k[element + d];
        }
        double score = dot * op.shape().scale();
        if (op.softCap().isPresent()) {
            score = op.softCap().get() * StrictMath.tanh(score / op.softCap().get());
        }
        if (!op.alibi().isEmpty()) {
            score += (double) op.alibi().get(head) * distance;
        }
        at[count] = element;
        dots[count] = dot;
        scores[count++] = score;
    }

    /** Normalizes the scores of all keys seen. */
    void weigh() {
        double max = max();
        weights = new double[count];
        mass = 0;
        for (int j = 0; j < count; j++) {
            weights[j] = StrictMath.exp(scores[j] - max);
            mass += weights[j];
        }
        for (int j = 0; j < count; j++) {
            weights[j] /= mass;
        }
    }

    /** Element {@code d} of the output; a row that sees nothing is zero. */
    double value(int d) {
        double sum = 0;
        for (int j = 0; j < count; j++) {
            sum += weights[j] * v[at[j] + d];
        }
        return sum;
    }

    Op.Attend op() {
        return op;
    }

    int count() {
        return count;
    }

    double q(int d) {
        return q[d];
    }

    double k(int j, int d) {
        return k[at[j] + d];
    }

    double v(int j, int d) {
        return v[at[j] + d];
    }

    /** q · k. */
    double dot(int j) {
        return dots[j];
    }

    double score(int j) {
        return scores[j];
    }

    double max() {
        double max = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < count; j++) {
            max = Math.max(max, scores[j]);
        }
        return max;
    }

    /** Softmax weight. */
    double weight(int j) {
        return weights[j];
    }

    /** The sum that normalized the weights; the largest of them was 1 before. */
    double mass() {
        return mass;
    }
}
