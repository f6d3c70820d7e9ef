package dev.quire.conformance.scenario;

import dev.quire.api.BackendException;

/** A backend has no caches of a layout, and says why. */
public final class LayoutRefused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LayoutRefused(BackendException cause) {
        super(cause.getMessage(), cause);
    }
}
