package dev.quire.core.model;

/** A model's config is not one that Quire can run; the message names the key, its value and the choices. */
public final class ModelConfigException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public ModelConfigException(String message) {
        super(message);
    }
}
