package dev.quire.api;

import dev.quire.api.format.SeededWeight;
import dev.quire.api.program.WeightRef;
import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;

/** Hands a backend the bytes of weights, one at a time, so that a whole model never stands in memory twice. */
@FunctionalInterface
public interface WeightSource {
    /**
     * The weight's rows in its format, {@link WeightRef#bytes()} long. Read-only; valid until the next call.
     *
     * @throws RuntimeException naming the weight, if it cannot be read
     */
    MemorySegment read(WeightRef ref);

    /**
     * The seed of the {@link SeededWeight} that {@code read} gives, if it gives one: then a backend may make it itself, and not read it (RULES,
     * W8). What was read before stays valid.
     */
    default OptionalLong seed(WeightRef ref) {
        return OptionalLong.empty();
    }
}
