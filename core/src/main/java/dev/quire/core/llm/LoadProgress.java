package dev.quire.core.llm;

import dev.quire.api.WeightSource;
import dev.quire.api.program.WeightRef;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** Tells a listener how much of the weights a backend has asked for. Used by one thread. */
final class LoadProgress implements WeightSource {
    private final WeightSource source;
    private final LlmListener listener;
    private final long total;
    private final Set<WeightRef> seen = new HashSet<>();
    private long loaded;

    LoadProgress(WeightSource source, List<WeightRef> refs, LlmListener listener) {
        this.source = source;
        this.listener = listener;
        this.total = refs.stream().mapToLong(WeightRef::bytes).sum();
    }

    @Override
    public MemorySegment read(WeightRef ref) {
        MemorySegment bytes = source.read(ref);
        count(ref);
        return bytes;
    }

    /** What a backend makes of a seed counts as soon as it knows the seed. */
    @Override
    public OptionalLong seed(WeightRef ref) {
        OptionalLong seed = source.seed(ref);
        if (seed.isPresent()) {
            count(ref);
        }
        return seed;
    }

    private void count(WeightRef ref) {
        if (seen.add(ref)) { // two backends may want the same one
            loaded += ref.bytes();
            listener.weightsLoaded(loaded, total);
        }
    }
}
