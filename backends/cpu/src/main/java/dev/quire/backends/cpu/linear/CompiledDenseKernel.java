package dev.quire.backends.cpu.linear;

import dev.quire.backends.cpu.compiled.CompiledKernels;
import dev.quire.backends.cpu.onednn.MatrixType;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.Stream;

/** The C kernels for bf16 weights: x is rounded to bf16, sums are float32, one chain over the inputs, or tiles of them, for each output. */
final class CompiledDenseKernel implements DenseKernel {
    /** Bytes of sums that a worker keeps while it gates: 128 rows, the most that the C takes together, of a pair of panels and of the pair before. */
    private static final long SUMS = 2 * 4L * 128 * 2 * Panels.WIDTH;

    private final CompiledKernels kernels;
    private final Scratch x = new Scratch();
    private final Scratch product = new Scratch();
    private final List<Scratch> sums;

    CompiledDenseKernel(CompiledKernels kernels, int workers) {
        this.kernels = kernels;
        this.sums = Stream.generate(Scratch::new).limit(workers).toList();
    }

    @Override
    public String name() {
        return "C " + MatrixType.BF16 + (kernels.tiles() ? ", tiles of bf16" : ", pairs of bf16");
    }

    @Override
    public boolean takesAnyColumns() {
        return true;
    }

    /** bf16 rows of even width. */
    @Override
    public MemorySegment room(MemorySegment from, int rows, int inputs) {
        return x.get(4L * rows * Math.ceilDiv(inputs, 2));
    }

    /** The same for rows that {@link #gate} makes; it holds others than those of {@link #room}, which are read meanwhile. */
    MemorySegment product(int rows, int width) {
        return product.get(4L * rows * Math.ceilDiv(width, 2));
    }

    @Override
    public void ready(MemorySegment from, int first, int end, int inputs, MemorySegment room) {
        kernels.narrow(first, end - first, inputs, from, room);
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

    /**
     * Rows of silu(gate · x) · (up · x), rounded, on one worker.
     *
     * @param x the {@link #room} of all rows
     * @param packed panels of gate and of up in turns, from byte {@code panel} on
     * @param column of the first output, a panel's first
     * @param columns how many outputs
     * @param width of all outputs
     * @param out the {@link #product} of all rows
     */
    void gate(
            int firstRow,
            int rows,
            int inputs,
            MemorySegment x,
            MemorySegment packed,
            long panel,
            int column,
            int columns,
            int width,
            MemorySegment out,
            int worker) {
        int stride = 2 * Math.ceilDiv(width, 2);
        kernels.gated(
                firstRow,
                rows,
                inputs,
                x,
                packed,
                panel,
                MatrixType.BF16.panelBytes(inputs),
                columns,
                sums.get(worker).get(SUMS),
                out,
                2 * ((long) firstRow * stride + column),
                stride);
    }
}
