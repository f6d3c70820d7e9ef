package dev.quire.server.bench.model;

import dev.quire.api.WeightSource;
import dev.quire.api.program.WeightRef;
import dev.quire.conformance.scenario.Samples;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Weights from a seed, in any format: speed does not depend on what weights say. Rows of a matrix repeat after the first {@value #ROWS}, so that a model
 * of any size is made as fast as memory is written. Used by one thread at a time.
 */
public final class MadeWeights implements WeightSource {
    private static final int ROWS = 64;

    private final WeightSource samples;

    /** @param seed of all weights */
    public MadeWeights(long seed) {
        samples = new Samples(seed).gentle().source();
    }

    @Override
    public MemorySegment read(WeightRef ref) {
        if (ref.rows() <= ROWS) {
            return samples.read(ref);
        }
        MemorySegment tile = samples.read(new WeightRef(ref.name(), ROWS, ref.columns(), ref.format()));
        MemorySegment whole = Arena.ofAuto().allocate(ref.bytes(), 64);
        for (long at = 0; at < whole.byteSize(); at += tile.byteSize()) {
            long count = Math.min(tile.byteSize(), whole.byteSize() - at);
            MemorySegment.copy(tile, 0, whole, at, count);
        }
        return whole;
    }
}
