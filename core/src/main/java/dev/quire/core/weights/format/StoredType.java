package dev.quire.core.weights.format;

import dev.quire.api.types.WeightFormat;
import java.util.Optional;

/**
 * How a file stores elements, under the file format's own name.
 *
 * @param name as the file format calls it
 * @param blockElements elements of one block; 1 for plain types
 * @param blockBytes bytes of one block
 * @param readable the same as a weight format, if Quire computes with it
 */
public record StoredType(String name, int blockElements, int blockBytes, Optional<WeightFormat> readable) {
    /** A weight format, under its own name. */
    public static StoredType of(WeightFormat format) {
        return new StoredType(format.name(), format.blockElements(), format.blockBytes(), Optional.of(format));
    }

    /** A type whose size is known, so that its tensors can be placed, but whose values are not read. */
    static StoredType opaque(String name, int blockElements, int blockBytes) {
        return new StoredType(name, blockElements, blockBytes, Optional.empty());
    }

    @Override
    public String toString() {
        return name;
    }
}
