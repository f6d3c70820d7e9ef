package dev.quire.backends.cpu.linear;

import dev.quire.backends.cpu.compiled.CompiledKernels;
import dev.quire.backends.cpu.onednn.MatrixType;
import dev.quire.backends.cpu.threads.WorkerPool;
import java.lang.foreign.MemorySegment;

/** The C kernels for bf16 weights: x is rounded to bf16, sums are float32, one chain over the inputs, or tiles of them, for each output. */
final class CompiledDenseKernel implements DenseKernel {
    private final CompiledKernels kernels;
    private final WorkerPool pool;
    private final Scratch x = new Scratch();

    CompiledDenseKernel(CompiledKernels kernels, WorkerPool pool) {
        this.kernels = kernels;
        this.pool = pool;
    }

    @Override
    public String name() {
        return "C " + MatrixType.BF16 + (kernels.tiles() ? ", tiles of bf16" : ", pairs of bf16");
    }

    /** bf16 rows of even width. */
    @Override
    public MemorySegment prepare(MemorySegment from, int rows, int inputs) {
        MemorySegment to = x.get(4L * rows * Math.ceilDiv(inputs, 2));
        RowLoop.run(pool, rows, inputs, (row, worker) -> kernels.narrow(row, 1, inputs, from, to));
        return to;
    }

    @Override
    public void multiply(Block block, int worker) {
        kernels.dense(
                block.firstRow(),
                block.rows(),
                block.inputs(),
                block.x(),
                block.weights(),
                block.panel(),
                block.type().panelBytes(block.inputs()),
                block.columns(),
                block.y(),
                block.yOffset(),
                block.yStride());
    }
}
