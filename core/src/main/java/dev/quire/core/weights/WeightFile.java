package dev.quire.core.weights;

import dev.quire.core.weights.format.WeightFormatException;
import java.util.Map;

/**
 * The tensors of a checkpoint, memory-mapped. Safe from any thread; closing it ends the life of every tensor's data, so it is closed after
 * the last backend that reads from it.
 */
public sealed interface WeightFile extends AutoCloseable permits MappedWeights {
    /** The file or folder, for messages. */
    String name();

    /** All tensors by name, in the order of the file. */
    Map<String, Tensor> tensors();

    /**
     * The tensor {@code name}.
     *
     * @throws WeightFormatException if there is none
     */
    default Tensor tensor(String name) {
        Tensor tensor = tensors().get(name);
        if (tensor == null) {
            throw new WeightFormatException("%s has no tensor '%s'; it has %d others, such as %s"
                    .formatted(
                            name(),
                            name,
                            tensors().size(),
                            tensors().keySet().stream().limit(5).toList()));
        }
        return tensor;
    }

    @Override
    void close();
}
