package dev.quire.conformance.models;

import dev.quire.conformance.models.Golden.Bound;
import java.util.Map;

/**
 * One token of a greedy text, and who else might have been chosen.
 *
 * @param token the one with the largest logit
 * @param logit of it
 * @param largest |logit| of the row: what bounds are parts of
 * @param rivals logits of the tokens that come near, by id
 */
public record GoldenStep(int token, double logit, double largest, Map<Integer, Double> rivals) {
    public GoldenStep {
        rivals = Map.copyOf(rivals);
    }

    /** How far {@code other} is below the golden token, as a part of the row's largest |logit|; infinite if it does not come near. */
    public double gap(int other) {
        if (other == token) {
            return 0;
        }
        Double rival = rivals.get(other);
        return rival == null ? Double.POSITIVE_INFINITY : (logit - rival) / largest;
    }

    /** Whether a run within {@code bound} may choose {@code argmax}. */
    public boolean allows(int argmax, Bound bound) {
        return gap(argmax) <= bound.nearTie();
    }
}
