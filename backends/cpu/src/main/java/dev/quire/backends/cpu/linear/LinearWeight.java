package dev.quire.backends.cpu.linear;

import dev.quire.api.types.WeightFormat;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.Optional;

/**
 * The weights of one linear layer as a file stores them.
 *
 * @param format of the elements
 * @param outputs N, rows of the matrix
 * @param inputs K, columns of the matrix
 * @param data [outputs, inputs] in {@code format}, little-endian; read while packing, not kept
 * @param bias [outputs] float32, or none; read while packing, not kept
 */
public record LinearWeight(
        WeightFormat format, int outputs, int inputs, MemorySegment data, Optional<MemorySegment> bias) {
    public LinearWeight {
        Objects.requireNonNull(format, "format");
        if (outputs < 1 || inputs < 1) {
            throw new IllegalArgumentException(
                    "A linear layer of [" + outputs + ", " + inputs + "]; both are at least 1");
        }
        long bytes = format.bytes(inputs) * outputs;
        if (data.byteSize() != bytes) {
            throw new IllegalArgumentException("%s weights [%d, %d] take %d bytes, but %d were given"
                    .formatted(format, outputs, inputs, bytes, data.byteSize()));
        }
        if (bias.isPresent() && bias.get().byteSize() != 4L * outputs) {
            throw new IllegalArgumentException("A float32 bias of %d outputs takes %d bytes, but %d were given"
                    .formatted(outputs, 4L * outputs, bias.get().byteSize()));
        }
    }
}
