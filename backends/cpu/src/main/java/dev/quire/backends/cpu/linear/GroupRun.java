package dev.quire.backends.cpu.linear;

import java.lang.foreign.MemorySegment;

/**
 * What the kernels over quantized weights read while they multiply one panel with some rows.
 *
 * @param format of the weights
 * @param inputs K
 * @param packed all panels
 * @param panel byte offset of this one
 * @param scales of this panel
 * @param x [rows, inputs]
 * @param groupSums [rows, inputs / group], the sums of each group's x
 * @param firstRow row of x that the kernels call 0
 */
record GroupRun(
        GroupFormat format,
        int inputs,
        MemorySegment packed,
        long panel,
        GroupScales scales,
        float[] x,
        float[] groupSums,
        int firstRow) {
    /** Index of the sum of the first group of a row. */
    int firstGroupSum(int row) {
        return (firstRow + row) * (inputs / format.group());
    }

    /** The float that stands for a zero weight in place of its code. */
    float zero() {
        return 1 + format.zero() / (float) (1 << format.bits());
    }
}
