package dev.quire.conformance.broken;

import dev.quire.api.AttentionBackend;
import dev.quire.api.WeightSource;
import dev.quire.api.Weights;
import dev.quire.api.program.WeightRef;
import dev.quire.conformance.guards.WrappedBackend;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Asks for all weights first and copies them then. */
final class LateReader extends WrappedBackend {
    LateReader(AttentionBackend right) {
        super(right);
    }

    @Override
    public Weights load(List<WeightRef> refs, WeightSource source) {
        Map<WeightRef, MemorySegment> kept = new HashMap<>();
        refs.forEach(ref -> kept.put(ref, source.read(ref)));
        return super.load(refs, kept::get);
    }
}
