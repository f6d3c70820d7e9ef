package dev.quire.conformance.cases;

import dev.quire.conformance.bits.Canon;
import java.util.Arrays;
import java.util.Random;

/**
 * Logits of which all but one lie so far below it that dividing by a temperature and multiplying by its reciprocal end in different p (RULES S4). A
 * min-p at the larger of the two keeps the many under one of them and drops them under the other.
 *
 * @param temperature whose reciprocal is inexact
 * @param many the logit of all tokens but one
 * @param minP the larger p
 */
record QuotientEdge(float temperature, float many, float minP) {
    private static final Canon CANON = new Canon();
    private static final float ONE = 5;

    /** The first of {@code random}'s that tells the two apart. */
    static QuotientEdge of(float temperature, Random random) {
        while (true) {
            float many = ONE - temperature * (0.5f + random.nextFloat());
            float divided = CANON.exp((many - ONE) / temperature);
            float multiplied = CANON.exp((many - ONE) * (1 / temperature));
            if (divided != multiplied) {
                return new QuotientEdge(temperature, many, Math.max(divided, multiplied));
            }
        }
    }

    /** Writes a row of logits. */
    void fill(float[] logits, int from, int vocabulary) {
        Arrays.fill(logits, from, from + vocabulary, many);
        logits[from + vocabulary / 3] = ONE;
    }
}
