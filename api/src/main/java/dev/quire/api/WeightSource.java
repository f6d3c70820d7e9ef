package dev.quire.api;

import dev.quire.api.program.WeightRef;
import java.lang.foreign.MemorySegment;

/** Hands a backend the bytes of weights, one at a time, so that a whole model never stands in memory twice. */
@FunctionalInterface
public interface WeightSource {
    /**
     * The weight's rows in its format, {@link WeightRef#bytes()} long. Read-only; valid until the next call.
     *
     * @throws RuntimeException naming the weight, if it cannot be read
     */
    MemorySegment read(WeightRef ref);
}
