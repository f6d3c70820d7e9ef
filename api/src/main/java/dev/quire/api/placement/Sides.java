package dev.quire.api.placement;

import java.util.function.BiFunction;

/** One thing for each runner. */
record Sides<T>(T primary, T fallback) {
    T of(Runner runner) {
        return switch (runner) {
            case PRIMARY -> primary;
            case FALLBACK -> fallback;
            case NOBODY -> throw new IllegalArgumentException("nobody has nothing");
        };
    }

    <R> Sides<R> map(BiFunction<Runner, T, R> mapping) {
        return new Sides<>(mapping.apply(Runner.PRIMARY, primary), mapping.apply(Runner.FALLBACK, fallback));
    }
}
