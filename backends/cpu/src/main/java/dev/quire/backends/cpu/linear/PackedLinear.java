package dev.quire.backends.cpu.linear;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * One linear layer, several that read the same x, or a gated MLP of them, ready to run. Each output value is computed in an order that depends on its
 * layer's shape and weights alone: rows come out with the same bits in any batch, at any place in it and on any number of threads.
 *
 * <p>One thread at a time runs layers of one {@link LinearPacker}; the work is spread over the packer's pool.
 */
public sealed interface PackedLinear permits PanelLinear, GatedLayers {
    /** K, the width of x. */
    int inputs();

    /** N of each of the layers that give outputs, in the order in which they were packed: the widths of the outputs. */
    List<Integer> outputs();

    /** Which kernel multiplies, for people to read. */
    String kernel();

    /** Bytes of packed weights: what a run with one row reads. */
    long packedBytes();

    /**
     * Computes all outputs.
     *
     * @param x [rows, inputs] float32, native, without gaps; not changed
     * @param rows at least 1
     * @param ys for each output [rows, N] float32, native, without gaps
     * @throws IllegalArgumentException if a size does not fit
     */
    void run(MemorySegment x, int rows, List<MemorySegment> ys);

    /**
     * The same in two steps, for a caller that has each row of x at hand at another time. Nothing else of the packer runs in between.
     *
     * @param x as of {@link #run}; a row is read when it is readied
     */
    Run begin(MemorySegment x, int rows, List<MemorySegment> ys);

    /** A run that has begun. */
    interface Run {
        /** Readies rows {@code from} to {@code to − 1} of x. Each row once, on any thread. */
        void ready(int from, int to);

        /** Computes all outputs, when all rows are ready. Called by one thread; works on all of the pool's. */
        void multiply();
    }
}
