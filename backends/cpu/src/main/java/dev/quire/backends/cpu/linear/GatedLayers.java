package dev.quire.backends.cpu.linear;

import dev.quire.backends.cpu.onednn.MatrixType;
import dev.quire.backends.cpu.threads.WorkerPool;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A gated MLP (Shazeer 2020): layers of silu(gate · x) · (up · x), in bf16 by the C kernels. A panel of gate lies before the panel of up with the same
 * outputs, so that a worker has both sums of an output at hand, in its second cache: what goes to memory is their product, as bf16 as the layers read it. The
 * bits are those of the layers and the gate one after another.
 */
final class GatedLayers implements PackedLinear {
    private final WorkerPool pool;
    private final CompiledDenseKernel kernel;
    private final int inputs;
    private final int width;
    private final MemorySegment packed;
    private final DenseLinear down;

    /**
     * @param inputs K of gate and up
     * @param width N of both
     * @param packed their panels, in turns
     * @param down what reads the product, by the same kernel
     */
    GatedLayers(
            WorkerPool pool,
            CompiledDenseKernel kernel,
            int inputs,
            int width,
            MemorySegment packed,
            DenseLinear down) {
        this.pool = pool;
        this.kernel = kernel;
        this.inputs = inputs;
        this.width = width;
        this.packed = packed;
        this.down = down;
    }

    @Override
    public int inputs() {
        return inputs;
    }

    @Override
    public List<Integer> outputs() {
        return down.outputs();
    }

    @Override
    public String kernel() {
        return kernel.name() + ", gated";
    }

    @Override
    public long packedBytes() {
        return packed.byteSize() + down.packedBytes();
    }

    @Override
    public void run(MemorySegment x, int rows, List<MemorySegment> ys) {
        RowLoop.complete(pool, rows, inputs, begin(x, rows, ys));
    }

    @Override
    public Run begin(MemorySegment x, int rows, List<MemorySegment> ys) {
        RunCheck.check(this, x, rows, ys);
        MemorySegment product = kernel.product(rows, width);
        return kernel.begin(x, rows, inputs, room -> {
            Grid grid = Grid.of(rows, Math.ceilDiv(width, Panels.WIDTH), pool.threads())
                    .finer(2 * MatrixType.BF16.panelBytes(inputs));
            pool.parallel(grid.parts(), (part, worker) -> gate(grid, part, room, product, worker));
            down.multiply(product, rows, ys);
        });
    }

    /** A share of the grid, of which a panel is one of gate and one of up. */
    private void gate(Grid grid, int part, MemorySegment x, MemorySegment product, int worker) {
        int firstRow = grid.firstRow(part);
        int column = grid.firstPanel(part) * Panels.WIDTH;
        int columns = Math.min(grid.endPanel(part) * Panels.WIDTH, width) - column;
        long panel = 2 * grid.firstPanel(part) * MatrixType.BF16.panelBytes(inputs);
        kernel.gate(
                firstRow,
                grid.endRow(part) - firstRow,
                inputs,
                x,
                packed,
                panel,
                column,
                columns,
                width,
                product,
                worker);
    }
}
