package dev.quire.conformance.cases;

import dev.quire.api.types.DType;
import dev.quire.api.types.WeightFormat;

/**
 * How far from the oracle a float may be: {@code |x − e| ≤ of(row) · (1 + |e|)}. A bound depends on types and reduction lengths only (RULES N1).
 *
 * <p>Data are uniform in [−1, 1] and weights in [−1, 1] / √K, so that errors can be derived. u is a type's unit roundoff. A sum of n
 * terms of spread s rounds each partial sum, of spread s·√n at most, once: n errors of spread u·s·√n add to u·s·n, where s = 1 / (3·√n)
 * for our products, thus u·√n / 3. Bounds take at least six standard deviations, the next round number up: 8 · u · √n.
 */
@FunctionalInterface
interface Bound {
    double F32 = 0x1p-24;
    double BF16 = 0x1p-8;
    double F16 = 0x1p-11;

    double of(int row);

    /** Elementwise: a handful of roundings, and exponentials good to some ulp; the condition of x·Φ(x) and cap · tanh(x / cap) included. */
    static Bound elementwise() {
        return row -> 64 * F32;
    }

    /** A norm over runs of n elements: one sum, then elementwise. */
    static Bound norm(int n) {
        return row -> 64 * F32 + 8 * F32 * Math.sqrt(n);
    }

    /**
     * A dot of K. Where x may be rounded too (to bf16, or to int8 by groups, whose roundoff is about that of bf16), each product errs by up to u
     * of its size, a spread of u / (3·√3·√K); K of them spread by u / 5: six deviations are below 2 · u.
     */
    static Bound dot(int k, WeightFormat format) {
        boolean narrow = format == WeightFormat.BF16 || format.isQuantized();
        return row -> (narrow ? 2 * BF16 : format == WeightFormat.F16 ? 2 * F16 : 0) + 8 * F32 * (1 + Math.sqrt(k));
    }

    /**
     * Attention over {@code visible[row]} keys. Float32 errors of scores (a dot of headSize) and of the weighted sum come as above. In a narrow
     * cache k, v, and with them q and p, are rounded: the weighted mean of n errors of spread 0.5 · u spreads by 0.5 · u / √n, so 6 · u / √n
     * is twelve deviations. Weights that ALiBi concentrates on few keys count as n = 1.
     */
    static Bound attention(DType cache, int headSize, int[] visible) {
        double u = cache == DType.BF16 ? BF16 : cache == DType.F16 ? F16 : 0;
        return row -> 6 * u / Math.sqrt(visible[row])
                + 64 * F32
                + 8 * F32 * (Math.sqrt(headSize) + Math.sqrt(visible[row])) / Math.sqrt(visible[row]);
    }
}
