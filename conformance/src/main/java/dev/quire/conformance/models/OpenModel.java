package dev.quire.conformance.models;

/**
 * A model that is open: its weights can be read until it is closed.
 *
 * @param files closes them; throws nothing
 */
public record OpenModel(KitModel model, Runnable files) implements AutoCloseable {
    /** A model that needs no closing. */
    public OpenModel(KitModel model) {
        this(model, () -> {});
    }

    @Override
    public void close() {
        files.run();
    }
}
