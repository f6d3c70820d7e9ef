package dev.quire.backends.cpu.linear;

import dev.quire.backends.cpu.compiled.CompiledKernels;
import dev.quire.backends.cpu.onednn.MatrixType;
import java.lang.foreign.MemorySegment;

/** The C kernels for bf16 weights: x is rounded to bf16, sums are float32, one chain over the inputs, or tiles of them, for each output. */
final class CompiledDenseKernel implements DenseKernel {
    private final CompiledKernels kernels;
    private final Scratch x = new Scratch();

    CompiledDenseKernel(CompiledKernels kernels) {
        this.kernels = kernels;
    }

    @Override
    public String name() {
        return "C " + MatrixType.BF16 + (kernels.tiles() ? ", tiles of bf16" : ", pairs of bf16");
    }

    /** bf16 rows of even width. */
    @Override
    public MemorySegment room(MemorySegment from, int rows, int inputs) {
        return x.get(4L * rows * Math.ceilDiv(inputs, 2));
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
}
