package dev.quire.core.model;

import dev.quire.api.types.WeightFormat;

/** Which format each weight of a checkpoint will have on the device. */
@FunctionalInterface
public interface WeightFormats {
    /** Format of the matrix {@code name}; vectors are always F32. */
    WeightFormat matrix(String name);
}
