package dev.quire.core.model;

import dev.quire.api.types.WeightFormat;

/** Which format each weight of a checkpoint will have on the device. */
public interface WeightFormats {
    /** Whether the checkpoint has a tensor of this name. */
    boolean has(String name);

    /** Format of the matrix {@code name}; vectors are always F32. */
    WeightFormat matrix(String name);
}
