package dev.quire.backends.cpu.linear;

import dev.quire.backends.cpu.onednn.MatMul;
import dev.quire.backends.cpu.onednn.MatrixType;
import dev.quire.backends.cpu.onednn.OneDnn;
import dev.quire.backends.cpu.threads.WorkerPool;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * oneDNN's kernels, one call for each worker and at most 64 rows. Their result for a row is the same at every number of rows from
 * two upwards, but one row alone takes a path with another order of sums. Fewer than four rows run as four, and the rest is dropped:
 * beside that reason, four read weights from memory a fifth faster than two do. {@link KernelCheck} verifies this on the machine.
 */
final class OneDnnKernel implements DenseKernel {
    private static final int LEAST_ROWS = 4;

    private static final int MOST_ROWS = 64;

    private final OneDnn oneDnn;
    private final MatrixType type;
    private final Scratch x = new Scratch();
    private final List<Worker> workers = new ArrayList<>();

    OneDnnKernel(OneDnn oneDnn, MatrixType type, WorkerPool pool) {
        this.oneDnn = oneDnn;
        this.type = type;
        for (int w = 0; w < pool.threads(); w++) {
            workers.add(new Worker());
        }
    }

    @Override
    public String name() {
        return "oneDNN " + type;
    }

    @Override
    public MemorySegment room(MemorySegment from, int rows, int inputs) {
        if (type == MatrixType.F32 && rows >= LEAST_ROWS) {
            return from;
        }
        long rowBytes = (long) type.bytes() * inputs;
        MemorySegment to = x.get(rowBytes * Math.max(rows, LEAST_ROWS));
        if (rows < LEAST_ROWS) {
            to.asSlice(rowBytes * rows, rowBytes * (LEAST_ROWS - rows)).fill((byte) 0);
        }
        return to;
    }

    @Override
    public void ready(MemorySegment from, int first, int end, int inputs, MemorySegment room) {
        long count = (long) (end - first) * inputs;
        long at = (long) first * inputs;
        if (type == MatrixType.F32 && room != from) {
            MemorySegment.copy(from, 4 * at, room, 4 * at, 4 * count);
        } else if (type == MatrixType.BF16) {
            for (int row = first; row < end; row++, at += inputs) {
                Bf16Rows.narrow(from, 4 * at, inputs, room, type.bytes() * at);
            }
        }
    }

    @Override
    public void multiply(Block block, int worker) {
        if (block.rows() < LEAST_ROWS) {
            workers.get(worker).few(block);
            return;
        }
        for (int row = 0; row < block.rows(); row += MOST_ROWS) {
            int rows = Math.min(MOST_ROWS, block.rows() - row);
            // Too few last rows take neighbours along, which are computed again with the same bits.
            int first = Math.min(row, block.rows() - LEAST_ROWS);
            workers.get(worker).several(block, first, Math.max(rows, LEAST_ROWS));
        }
    }

    /** What one thread needs to call oneDNN. */
    private final class Worker {
        private final Map<MatMul.Shape, Product> products = new HashMap<>();
        private final Scratch scratchpad = new Scratch();
        private final Scratch fewRows = new Scratch();

        private void several(Block block, int first, int rows) {
            long xOffset = (long) type.bytes() * (block.firstRow() + first) * block.inputs();
            long yOffset = block.yOffset() + 4L * first * block.yStride();
            run(block, rows, block.x().address() + xOffset, block.y().address() + yOffset, block.yStride());
        }

        /** The whole prepared x, whose first rows are the block's. */
        private void few(Block block) {
            MemorySegment out = fewRows.get(4L * LEAST_ROWS * block.columns());
            run(block, LEAST_ROWS, block.x().address(), out.address(), block.columns());
            for (int row = 0; row < block.rows(); row++) {
                long to = block.yOffset() + 4L * row * block.yStride();
                MemorySegment.copy(out, 4L * row * block.columns(), block.y(), to, 4L * block.columns());
            }
        }

        private void run(Block block, int rows, long from, long to, int yStride) {
            var shape = new MatMul.Shape(type, rows, block.inputs(), block.columns(), yStride);
            Product product = products.get(shape);
            if (product == null) {
                product = new Product(shape);
                products.put(shape, product);
            }
            MemorySegment scratch = scratchpad.get(product.scratchBytes);
            product.call.run(from, block.weights().address() + block.panel(), to, scratch.address());
        }
    }

    private final class Product {
        private final MatMul.Call call;
        private final long scratchBytes;

        private Product(MatMul.Shape shape) {
            MatMul matMul = oneDnn.matMul(shape);
            this.call = matMul.newCall();
            this.scratchBytes = Math.max(1, matMul.scratchpadBytes());
        }
    }
}
