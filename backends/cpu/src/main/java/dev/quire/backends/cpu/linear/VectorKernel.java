package dev.quire.backends.cpu.linear;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.quire.backends.cpu.onednn.MatrixType;
import java.lang.foreign.MemorySegment;

/**
 * Plain Java kernels for machines that oneDNN does not serve. Each output is one chain of fused multiply-adds over the inputs in
 * order, so its bits depend on nothing else, the vector width included.
 */
final class VectorKernel implements DenseKernel {
    private final MatrixType type;
    private final Scratch rounded = new Scratch();

    VectorKernel(MatrixType type) {
        this.type = type;
    }

    @Override
    public String name() {
        return "Vector API " + type + ", " + Float.SIZE * Lanes.COUNT + " bits";
    }

    /** float32 rows; for bf16 weights rounded to bf16 and of even width. */
    @Override
    public MemorySegment room(MemorySegment x, int rows, int inputs) {
        return type == MatrixType.F32 ? x : rounded.get(4L * rows * width(inputs));
    }

    @Override
    public void ready(MemorySegment x, int from, int to, int inputs, MemorySegment room) {
        if (type == MatrixType.F32) {
            return;
        }
        int width = width(inputs);
        for (long row = from; row < to; row++) {
            Bf16Rows.round(x, 4 * row * inputs, inputs, room, 4 * row * width);
            if (width > inputs) {
                room.set(JAVA_FLOAT, 4 * (row * width + inputs), 0);
            }
        }
    }

    /** Columns of the prepared x. */
    private int width(int inputs) {
        return Math.ceilDiv(inputs, type.step()) * type.step();
    }

    @Override
    public void multiply(Block block, int worker) {
        float[] tile = new float[2 * Panels.WIDTH];
        long panelBytes = type.panelBytes(block.inputs());
        for (int column = 0; column < block.columns(); column += Panels.WIDTH) {
            long panel = block.panel() + column / Panels.WIDTH * panelBytes;
            int columns = Math.min(Panels.WIDTH, block.columns() - column);
            for (int group = 0; group < columns; group += Lanes.GROUP) {
                int stored = Math.min(Lanes.GROUP, columns - group);
                rows(block, panel + 4L * group, block.yOffset() + 4L * (column + group), stored, tile);
            }
        }
    }

    private void rows(Block block, long panel, long y, int stored, float[] tile) {
        int width = width(block.inputs());
        long xStride = 4L * width;
        long yStride = 4L * block.yStride();
        for (int row = 0; row < block.rows(); row += 2) {
            boolean pair = row + 1 < block.rows();
            long x0 = xStride * (block.firstRow() + row);
            long x1 = pair ? x0 + xStride : x0;
            switch (type) {
                case F32 -> VectorTiles.f32(block.x(), x0, x1, width, block.weights(), panel, tile);
                case BF16 -> VectorTiles.bf16(block.x(), x0, x1, width, block.weights(), panel, tile);
            }
            MemorySegment.copy(tile, 0, block.y(), JAVA_FLOAT, y + row * yStride, stored);
            if (pair) {
                MemorySegment.copy(tile, Panels.WIDTH, block.y(), JAVA_FLOAT, y + (row + 1) * yStride, stored);
            }
        }
    }
}
