package dev.quire.backends.cpu.linear;

import dev.quire.backends.cpu.onednn.MatrixType;
import dev.quire.backends.cpu.threads.WorkerPool;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/** Layers with float32 or bf16 weights. */
final class DenseLinear implements PackedLinear {
    private final WorkerPool pool;
    private final DenseKernel kernel;
    private final MatrixType type;
    private final int inputs;
    private final Panels panels;
    private final MemorySegment weights;
    private final List<Optional<MemorySegment>> biases;

    DenseLinear(
            WorkerPool pool,
            DenseKernel kernel,
            MatrixType type,
            int inputs,
            Panels panels,
            MemorySegment weights,
            List<Optional<MemorySegment>> biases) {
        this.pool = pool;
        this.kernel = kernel;
        this.type = type;
        this.inputs = inputs;
        this.panels = panels;
        this.weights = weights;
        this.biases = biases;
    }

    @Override
    public int inputs() {
        return inputs;
    }

    @Override
    public List<Integer> outputs() {
        return panels.outputs();
    }

    @Override
    public String kernel() {
        return kernel.name();
    }

    @Override
    public long packedBytes() {
        return weights.byteSize();
    }

    @Override
    public void run(MemorySegment x, int rows, List<MemorySegment> ys) {
        RunCheck.check(this, x, rows, ys);
        MemorySegment prepared = kernel.prepare(x, rows, inputs);
        Grid grid = Grid.of(rows, panels.count(), pool.threads());
        pool.parallel(grid.parts(), (part, worker) -> share(grid, part, prepared, ys, worker));
    }

    private void share(Grid grid, int part, MemorySegment x, List<MemorySegment> ys, int worker) {
        int rows = grid.endRow(part) - grid.firstRow(part);
        int end = grid.endPanel(part);
        for (int panel = grid.firstPanel(part); panel < end; ) {
            int layer = panels.layerOf(panel);
            int stop = Math.min(end, panels.first().get(layer + 1));
            int stride = panels.outputs().get(layer);
            int column = panels.firstOutput(layer, panel);
            int columns = Math.min((stop - panel) * Panels.WIDTH, stride - column);
            var block = new DenseKernel.Block(
                    type,
                    x,
                    grid.firstRow(part),
                    rows,
                    inputs,
                    weights,
                    panel * type.panelBytes(inputs),
                    columns,
                    ys.get(layer),
                    column,
                    stride);
            kernel.multiply(block, worker);
            biases.get(layer)
                    .ifPresent(bias -> Bias.add(bias, column, columns, rows, block.y(), block.yOffset(), stride));
            panel = stop;
        }
    }
}
