package dev.quire.core.weights.format;

import java.util.List;

/**
 * Where a tensor lies in its file.
 *
 * @param name unique in the file
 * @param type how elements are stored
 * @param shape outermost dimension first, elements of the last one side by side; each at least 1; empty for a scalar
 * @param offset first byte, from the start of the file
 * @param bytes length
 */
public record TensorInfo(String name, StoredType type, List<Long> shape, long offset, long bytes) {
    public TensorInfo {
        shape = List.copyOf(shape);
    }
}
