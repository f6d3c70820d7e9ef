package dev.quire.backends.cpu.linear;

import dev.quire.backends.cpu.onednn.MatrixType;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/** Multiplies rows of x with panels of packed dense weights. */
sealed interface DenseKernel permits CompiledDenseKernel, OneDnnKernel, VectorKernel {
    /** What people read about it. */
    String name();

    /** Where x goes in the form that {@link #multiply} reads: x itself if that is its form. Called by the caller of the layer, before the workers begin. */
    MemorySegment room(MemorySegment x, int rows, int inputs);

    /** Brings rows {@code from} to {@code to − 1} of x to their {@link #room}. Any threads at a time. */
    void ready(MemorySegment x, int from, int to, int inputs, MemorySegment room);

    /**
     * A run over rows of x, which takes their {@link #room}.
     *
     * @param multiply what is done with it once all rows are ready
     */
    default PackedLinear.Run begin(MemorySegment x, int rows, int inputs, Consumer<MemorySegment> multiply) {
        MemorySegment room = room(x, rows, inputs);
        return new PackedLinear.Run() {
            @Override
            public void ready(int from, int to) {
                DenseKernel.this.ready(x, from, to, inputs, room);
            }

            @Override
            public void multiply() {
                multiply.accept(room);
            }
        };
    }

    /** Whether blocks of any number of columns cost the same for each: none has to be prepared. */
    default boolean takesAnyColumns() {
        return false;
    }

    /** Multiplies on one worker. */
    void multiply(Block block, int worker);

    /**
     * One worker's share of one layer.
     *
     * @param type of the packed weights
     * @param x the {@link #room} of all rows
     * @param firstRow first row of x and y
     * @param rows how many rows
     * @param inputs K
     * @param weights packed panels
     * @param panel byte offset of the first panel in {@code weights}
     * @param columns how many outputs, from the panel's first
     * @param y float32 outputs of the layer
     * @param firstColumn column of y where the first panel belongs
     * @param yStride columns of y
     */
    record Block(
            MatrixType type,
            MemorySegment x,
            int firstRow,
            int rows,
            int inputs,
            MemorySegment weights,
            long panel,
            int columns,
            MemorySegment y,
            int firstColumn,
            int yStride) {
        /** Byte offset of the block's first value in y. */
        long yOffset() {
            return 4 * ((long) firstRow * yStride + firstColumn);
        }
    }
}
