package dev.quire.core.text;

import java.util.function.Supplier;

/** A value made at its first use, once, by whichever thread comes first. */
final class Lazy<T> implements Supplier<T> {
    private final Supplier<T> source;
    private T value;

    Lazy(Supplier<T> source) {
        this.source = source;
    }

    @Override
    public synchronized T get() {
        if (value == null) {
            value = source.get();
        }
        return value;
    }
}
