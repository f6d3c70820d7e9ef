package dev.quire.backends.cpu.linear;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.quire.backends.cpu.threads.WorkerPool;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/** Layers packed as panels, and what their kernels do with them once the sums are there. */
abstract sealed class PanelLinear implements PackedLinear
        permits DenseLinear, GroupedLinear, CompiledGroupedLinear, CanonicalLinear {
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

    @Override
    public final void run(MemorySegment x, int rows, List<MemorySegment> ys) {
        RowLoop.complete(pool, rows, inputs, begin(x, rows, ys));
    }

    /** Adds a layer's bias, if it has one, to {@code rows} rows of {@code columns} outputs from output {@code column}, the first at byte {@code to} of y. */
    final void addBias(int layer, int column, int columns, int rows, MemorySegment y, long to) {
        int stride = outputs().get(layer);
        biases.get(layer).ifPresent(bias -> Bias.add(bias, column, columns, rows, y, to, stride));
    }

    /** Writes {@code rows} rows of a panel, [rows, 64], to its layer's y from row {@code firstRow} on, with the bias. */
    final void store(int panel, int firstRow, int rows, float[] results, List<MemorySegment> ys) {
        int layer = panels.layerOf(panel);
        int stride = panels.outputs().get(layer);
        int column = panels.firstOutput(layer, panel);
        int columns = Math.min(Panels.WIDTH, stride - column);
        MemorySegment y = ys.get(layer);
        long to = 4 * ((long) firstRow * stride + column);
        for (int row = 0; row < rows; row++) {
            MemorySegment.copy(results, row * Panels.WIDTH, y, JAVA_FLOAT, to + 4L * row * stride, columns);
        }
        addBias(layer, column, columns, rows, y, to);
    }
}
