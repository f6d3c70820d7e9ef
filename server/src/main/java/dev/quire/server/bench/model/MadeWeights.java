package dev.quire.server.bench.model;

import dev.quire.api.WeightSource;
import dev.quire.api.format.SeededWeight;
import dev.quire.api.program.WeightRef;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;

/**
 * Weights from a seed, in any format: speed does not depend on what weights say. Devices make them where they stand; for other backends they are made as fast
 * as memory is written. Used by one thread at a time.
 *
 * @param seed of all weights
 */
public record MadeWeights(long seed) implements WeightSource {
    @Override
    public MemorySegment read(WeightRef ref) {
        MemorySegment whole = Arena.ofAuto().allocate(ref.bytes(), 64);
        new SeededWeight(ref, seed).write(whole);
        return whole;
    }

    @Override
    public OptionalLong seed(WeightRef ref) {
        return OptionalLong.of(seed);
    }
}
