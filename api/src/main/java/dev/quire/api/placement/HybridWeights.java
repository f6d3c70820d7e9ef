package dev.quire.api.placement;

import dev.quire.api.Weights;
import dev.quire.api.program.WeightRef;
import java.util.List;

/** Each side's share of the weights; what both read is loaded twice. */
record HybridWeights(List<WeightRef> refs, Sides<Weights> sides) implements Weights {
    @Override
    public long bytes() {
        return sides.primary().bytes() + sides.fallback().bytes();
    }

    @Override
    public void close() {
        sides.primary().close();
        sides.fallback().close();
    }
}
