package dev.quire.core.llm;

import java.util.ArrayDeque;
import java.util.Deque;

/** Things to close together, the last one opened first. Confined to one thread at a time. */
final class Resources implements AutoCloseable {
    /** Something whose closing throws nothing checked. */
    @FunctionalInterface
    interface Closing {
        void close();
    }

    private final Deque<Closing> open = new ArrayDeque<>();

    /** Takes over the closing of {@code resource}. */
    <T> T add(T resource, Closing closing) {
        open.push(closing);
        return resource;
    }

    /** Moves everything to a new owner; this one then closes nothing. */
    Resources handOver() {
        Resources owner = new Resources();
        owner.open.addAll(open);
        open.clear();
        return owner;
    }

    /** Closes everything; the first failure is thrown when all have been tried. */
    @Override
    public void close() {
        RuntimeException failure = null;
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
