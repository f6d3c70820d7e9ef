package dev.quire.conformance.oracle;

import dev.quire.api.types.DType;

/**
 * How far an output of attention may be off, to first order.
 *
 * <p>An error e_j of score j moves output d by Σ p_j · e_j · (v_jd − o_d). Rounding q to u gives e_j = scale · Σ ε_i · q_i · k_ji, of spread
 * u · scale · ‖q ∘ k_j‖; what all keys have in common moves no weight, so the mean key is taken off first. Keys and values of our data are drawn
 * apart, so these errors add by squares over j as well. Rounding p to u errs by u · p_j each, in the sum and perhaps in what divides it, and by no
 * more than what all other keys weigh, since the largest p is 1. A soft cap scales score errors by its slope. Float32 errors are small and need no such care: they are added by size.
 */
final class AttentionBound {
    private final AttentionRow row;
    private final Bound bound;
    private final double query;
    private final double key;
    private final double lost;
    private final double lostValue;
    private final double[] rounded;
    private final double[] float32;

    /** @param ofStep whether keys are the step's own, unrounded in the oracle */
    AttentionBound(AttentionRow row, Bound bound, DType keys, boolean ofStep) {
        this.row = row;
        this.bound = bound;
        this.query = bound.queryRoundoff(keys);
        this.key = ofStep ? bound.stepKeyRoundoff() : 0;
        this.lost = bound.queryLoss(keys);
        this.lostValue = bound.valueLoss(keys);
        this.rounded = new double[row.count()];
        this.float32 = new double[row.count()];
        double[] mean = new double[size()];
        boolean capped = row.op().softCap().isPresent();
        for (int j = 0; !capped && j < row.count(); j++) {
            for (int d = 0; d < mean.length; d++) {
                mean[d] += row.weight(j) * row.k(j, d);
            }
        }
        double max = row.count() == 0 ? 0 : row.max();
        for (int j = 0; j < row.count(); j++) {
            score(j, mean, max);
        }
    }

    private int size() {
        return row.op().shape().headSize();
    }

    /** Spreads of score j's errors. */
    private void score(int j, double[] mean, double max) {
        double scale = row.op().shape().scale();
        double products = 0;
        double centered = 0;
        for (int d = 0; d < mean.length; d++) {
            double product = row.q(d) * row.k(j, d);
            double deviation = (Math.abs(row.q(d)) * query + lost) * (row.k(j, d) - mean[d]);
            products += product * product;
            centered += deviation * deviation;
        }
        double slope = 1;
        if (row.op().softCap().isPresent()) {
            double cosh =
                    StrictMath.cosh(row.dot(j) * scale / row.op().softCap().get());
            slope = 1 / (cosh * cosh);
        }
        rounded[j] = slope * scale * Math.sqrt(centered + key * key * products);
        double later =
                Math.abs(row.score(j)) + Math.abs(max) + row.op().softCap().orElse(0f);
        float32[j] = slope * scale * bound.sum(mean.length, row.dot(j), Math.sqrt(products))
                + Bound.DEVIATIONS * Bound.F32 * (Bound.DEVIATIONS + later);
    }

    /** How far output {@code d} may be off. */
    double allowed(int d) {
        double out = row.value(d);
        double scores = 0;
        double weights = 0;
        double products = 0;
        double values = 0;
        double small = 0;
        for (int j = 0; j < row.count(); j++) {
            double p = row.weight(j);
            double v = row.v(j, d);
            double moved = p * rounded[j] * (v - out);
            double reweighed = Math.min(p * query, 1 - p) * (Math.abs(v) + Math.abs(out));
            scores += moved * moved;
            weights += reweighed * reweighed + key * key * p * p * v * v;
            products += p * p * v * v;
            values += v * v;
            small += p * float32[j] * Math.abs(v - out);
        }
        double flushed = row.count() == 0 ? 0 : lost * Math.sqrt(values) / row.mass();
        return Bound.DEVIATIONS * (Math.sqrt(scores) + Math.sqrt(weights) + flushed)
                + small
                + bound.sum(row.count(), out, Math.sqrt(products))
                + 2 * lostValue
                + Bound.FLOOR;
    }
}
