package dev.quire.conformance.broken;

import dev.quire.api.AttentionBackend;
import dev.quire.api.WeightSource;
import dev.quire.api.Weights;
import dev.quire.api.format.SeededSource;
import dev.quire.api.program.WeightRef;
import dev.quire.conformance.guards.WrappedBackend;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.OptionalLong;

/** Makes weights of a seed, but of the next one. */
final class OtherSeed extends WrappedBackend {
    OtherSeed(AttentionBackend right) {
        super(right);
    }

    @Override
    public Weights load(List<WeightRef> refs, WeightSource source) {
        return super.load(refs, ref -> made(ref, source));
    }

    private static MemorySegment made(WeightRef ref, WeightSource source) {
        OptionalLong seed = source.seed(ref);
        if (seed.isEmpty()) {
            return source.read(ref);
        }
        return new SeededSource(seed.getAsLong() + 1).read(ref);
    }
}
