package dev.quire.conformance.broken;

import dev.quire.api.AttentionBackend;
import dev.quire.api.WeightSource;
import dev.quire.api.Weights;
import dev.quire.api.program.WeightRef;
import dev.quire.conformance.guards.WrappedBackend;
import java.util.List;
import java.util.function.BiConsumer;

/** Loads other bytes than it was given. */
final class OtherWeights extends WrappedBackend {
    private final BiConsumer<WeightRef, byte[]> change;

    /** @param change works on a weight's bytes in place */
    OtherWeights(AttentionBackend right, BiConsumer<WeightRef, byte[]> change) {
        super(right);
        this.change = change;
    }

    @Override
    public Weights load(List<WeightRef> refs, WeightSource source) {
        return super.load(refs, ref -> {
            byte[] bytes = source.read(ref).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
            change.accept(ref, bytes);
            var copy = java.lang.foreign.Arena.ofAuto().allocate(Math.max(1, bytes.length), 64);
            java.lang.foreign.MemorySegment.copy(
                    bytes, 0, copy, java.lang.foreign.ValueLayout.JAVA_BYTE, 0, bytes.length);
            return copy;
        });
    }
}
