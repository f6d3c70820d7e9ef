package dev.quire.conformance.scenario;

import dev.quire.api.WeightSource;
import dev.quire.api.program.WeightRef;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Lends each weight until the next is read, and then scribbles over it (RULES M11). */
final class LentWeights implements WeightSource, AutoCloseable {
    private static final byte SCRIBBLE = 0x7f;

    private final Samples samples;
    private MemorySegment lent = Arena.ofAuto().allocate(1);

    LentWeights(Samples samples) {
        this.samples = samples;
    }

    @Override
    public MemorySegment read(WeightRef ref) {
        close();
        lent = samples.weight(ref);
        return lent.asReadOnly();
    }

    /** No weight may be read any more. */
    @Override
    public void close() {
        lent.fill(SCRIBBLE);
    }
}
