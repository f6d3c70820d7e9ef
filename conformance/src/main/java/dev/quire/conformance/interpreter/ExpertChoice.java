package dev.quire.conformance.interpreter;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/** The experts of a row (RULES N21): by falling score, the lower number first among equals, NaN last. */
public final class ExpertChoice {
    private ExpertChoice() {}

    /** Numbers of the {@code chosen} experts of {@code experts}, the largest score first. */
    public static int[] of(int experts, int chosen, IntToDoubleFunction scores) {
        List<Integer> order = new ArrayList<>();
        for (int expert = 0; expert < experts; expert++) {
            order.add(expert);
        }
        order.sort((a, b) -> falling(scores.applyAsDouble(a), scores.applyAsDouble(b)));
        return order.stream().limit(chosen).mapToInt(Integer::intValue).toArray();
    }

    /** Zeros of either sign are equal; NaN is less than all. */
    private static int falling(double a, double b) {
        if (Double.isNaN(a) || Double.isNaN(b)) {
            return Boolean.compare(Double.isNaN(a), Double.isNaN(b));
        }
        return a == b ? 0 : a > b ? -1 : 1;
    }
}
