package dev.quire.api.format;

import dev.quire.api.WeightSource;
import dev.quire.api.program.WeightRef;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;

/**
 * Weights of a seed, in any format (RULES, W8). Devices make them where they stand; for other backends they are made as fast as memory is written. Used by any
 * thread.
 *
 * @param seed of all weights
 */
public record SeededSource(long seed) implements WeightSource {
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
