package dev.quire.kernels.device;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/** What an object holds on a device: freed last to first, also where the object could not be finished. */
final class Owned implements AutoCloseable {
    private final Deque<Runnable> frees = new ArrayDeque<>();

    /** Notes how to free what is held from now on. */
    void add(Runnable free) {
        frees.addFirst(free);
    }

    /** Does work of a constructor; where it fails, frees what is held and passes the failure on. */
    <T> T orFree(Supplier<T> work) {
        try {
            return work.get();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    @Override
    public void close() {
        frees.forEach(Runnable::run);
        frees.clear();
    }
}
