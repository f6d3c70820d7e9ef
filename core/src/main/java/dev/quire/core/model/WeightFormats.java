package dev.quire.core.model;

import dev.quire.api.types.WeightFormat;

/** Which format each weight of a checkpoint will have on the device. */
@FunctionalInterface
public interface WeightFormats {
    /** Format of the matrix {@code name}; vectors are always F32. */
    WeightFormat matrix(String name);

    /**
     * Format of a linear layer's matrix, which unlike tables, routers and heads may be quantized while it is loaded.
     *
     * @param name of the matrix
     * @param columns elements in a row
     */
    default WeightFormat layer(String name, int columns) {
        return matrix(name);
    }
}
