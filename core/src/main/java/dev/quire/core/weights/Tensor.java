package dev.quire.core.weights;

import dev.quire.api.types.WeightFormat;
import dev.quire.core.weights.format.MappedFile;
import dev.quire.core.weights.format.StoredType;
import dev.quire.core.weights.format.TensorInfo;
import dev.quire.core.weights.format.WeightFormatException;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A tensor of a file.
 *
 * @param name unique in its checkpoint
 * @param type how elements are stored
 * @param shape outermost dimension first, elements of the last one side by side; empty for a scalar
 * @param elements where they are, until the file is closed
 */
public record Tensor(String name, StoredType type, List<Long> shape, Elements elements) {
    public Tensor {
        shape = List.copyOf(shape);
    }

    static Tensor of(MappedFile file, TensorInfo info) {
        MemorySegment data = file.bytes().asSlice(info.offset(), info.bytes());
        return new Tensor(info.name(), info.type(), info.shape(), new Mapped(data));
    }

    /**
     * All elements, read-only, until the file is closed; may be unaligned.
     *
     * @throws IllegalStateException if they do not lie in the file as one
     */
    public MemorySegment data() {
        if (elements instanceof Mapped mapped) {
            return mapped.data();
        }
        throw new IllegalStateException("the rows of '%s' are put together when they are read".formatted(name));
    }

    /** Rows when seen as a matrix: the product of all dimensions but the last; 1 for a vector. */
    public long rows() {
        return shape.stream().limit(Math.max(0, shape.size() - 1)).reduce(1L, Math::multiplyExact);
    }

    /** Elements of a row: the last dimension; 1 for a scalar. */
    public long columns() {
        return shape.isEmpty() ? 1 : shape.getLast();
    }

    /**
     * The format of its elements.
     *
     * @throws WeightFormatException if it is of a type that Quire does not compute with
     */
    public WeightFormat format() {
        return type.readable()
                .orElseThrow(() -> new WeightFormatException(
                        "tensor '%s' is stored as %s, which Quire does not read; use a checkpoint in one of %s"
                                .formatted(name, type, List.of(WeightFormat.values()))));
    }

    /** Where the elements of a tensor are. */
    public sealed interface Elements permits Mapped, Int4Matrix {}

    /** Side by side in a mapped file. */
    record Mapped(MemorySegment data) implements Elements {}
}
