package dev.quire.server.bench.step;

import dev.quire.server.bench.limits.Limits;

/**
 * What an op cannot do without.
 *
 * @param bytes of weights, inputs, outputs and cache, each read or written once
 * @param operations floating point operations; an exponential or a root counts as one
 * @param products what they are made of
 */
public record OpCost(double bytes, double operations, Limits.Products products) {
    /** That of so many alike. */
    public OpCost times(int count) {
        return new OpCost(bytes * count, operations * count, products);
    }
}
