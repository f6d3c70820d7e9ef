package dev.quire.backends.cpu.linear;

import dev.quire.backends.cpu.threads.WorkerPool;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/** Layers packed as panels, and what their kernels do with them once the sums are there. */
abstract sealed class PanelLinear implements PackedLinear permits DenseLinear, GroupedLinear, CanonicalLinear {
    final WorkerPool pool;
    final int inputs;
    final Panels panels;
    final MemorySegment packed;
    private final List<Optional<MemorySegment>> biases;

    PanelLinear(
            WorkerPool pool, int inputs, Panels panels, MemorySegment packed, List<Optional<MemorySegment>> biases) {
        this.pool = pool;
        this.inputs = inputs;
        this.panels = panels;
        this.packed = packed;
        this.biases = biases;
    }

    @Override
    public final int inputs() {
        return inputs;
    }

    @Override
    public final List<Integer> outputs() {
        return panels.outputs();
    }

    @Override
    public final long packedBytes() {
        return packed.byteSize();
    }

    /** Adds a layer's bias, if it has one, to {@code rows} rows of {@code columns} outputs from output {@code column}, the first at byte {@code to} of y. */
    final void addBias(int layer, int column, int columns, int rows, MemorySegment y, long to) {
        int stride = outputs().get(layer);
        biases.get(layer).ifPresent(bias -> Bias.add(bias, column, columns, rows, y, to, stride));
    }
}
