package dev.quire.backends.cpu.linear;

import dev.quire.backends.cpu.onednn.MatrixType;
import dev.quire.backends.cpu.threads.WorkerPool;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/** Layers with float32 or bf16 weights. */
final class DenseLinear extends PanelLinear {
    private final DenseKernel kernel;
    private final MatrixType type;

    DenseLinear(
            WorkerPool pool,
            DenseKernel kernel,
            MatrixType type,
            int inputs,
            Panels panels,
            MemorySegment packed,
            List<Optional<MemorySegment>> biases) {
        super(pool, inputs, panels, packed, biases);
        this.kernel = kernel;
        this.type = type;
    }

    @Override
    public String kernel() {
        return kernel.name();
    }

    @Override
    public Run begin(MemorySegment x, int rows, List<MemorySegment> ys) {
        RunCheck.check(this, x, rows, ys);
        return kernel.begin(x, rows, inputs, room -> multiply(room, rows, ys));
    }

    /** Computes all outputs of rows that lie ready in {@code room}. */
    void multiply(MemorySegment room, int rows, List<MemorySegment> ys) {
        Grid whole = Grid.of(rows, panels.count(), pool.threads());
        Grid grid = kernel.takesAnyColumns() ? whole.finer(type.panelBytes(inputs)) : whole;
        pool.parallel(grid.parts(), (part, worker) -> share(grid, part, room, ys, worker));
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
                    packed,
                    panel * type.panelBytes(inputs),
                    columns,
                    ys.get(layer),
                    column,
                    stride);
            kernel.multiply(block, worker);
            addBias(layer, column, columns, rows, block.y(), block.yOffset());
            panel = stop;
        }
    }
}
