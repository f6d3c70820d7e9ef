package dev.quire.core.cache;

import java.util.Arrays;
import java.util.Objects;

/**
 * Where the positions of one sequence lie: position {@code p} is in slot {@code block(p / blockSize) * blockSize + p % blockSize}.
 *
 * <p>Made, changed and ended by its {@link BlockManager} alone. A step takes its own copy of the numbers when it is issued, since the
 * next plan may exchange some of them.
 */
public final class BlockTable {
    private final int blockSize;
    private int[] blocks;
    private int size;
    private int committed;
    private long lastStep = BlockManager.NO_STEP;
    private boolean released;

    BlockTable(int blockSize) {
        this.blockSize = blockSize;
        this.blocks = new int[8];
    }

    /** A second table over the same blocks. */
    BlockTable fork() {
        var fork = new BlockTable(blockSize);
        fork.blocks = blocks.clone();
        fork.size = size;
        fork.committed = committed;
        fork.lastStep = lastStep;
        return fork;
    }

    /** The number of blocks. */
    public int size() {
        return size;
    }

    /** The number of positions that the blocks hold. */
    public int capacity() {
        return size * blockSize;
    }

    public int block(int index) {
        return blocks[Objects.checkIndex(index, size)];
    }

    /** The slot of a position, counted over the whole cache. */
    public int slot(int position) {
        return block(position / blockSize) * blockSize + position % blockSize;
    }

    /** Copies the first {@code count} block numbers to {@code target[at]} and following. */
    public void copyTo(int count, int[] target, int at) {
        Objects.checkFromIndexSize(0, count, size);
        System.arraycopy(blocks, 0, target, at, count);
    }

    void append(int block) {
        if (size == blocks.length) {
            blocks = Arrays.copyOf(blocks, 2 * size);
        }
        blocks[size++] = block;
    }

    void replace(int index, int block) {
        blocks[Objects.checkIndex(index, size)] = block;
    }

    /** How many leading blocks are known to the prefix index. */
    int committed() {
        return committed;
    }

    void committed(int blocks) {
        committed = blocks;
    }

    /** The latest step that names this table's blocks. */
    long lastStep() {
        return lastStep;
    }

    void lastStep(long step) {
        lastStep = step;
    }

    boolean isReleased() {
        return released;
    }

    void markReleased() {
        released = true;
    }

    @Override
    public String toString() {
        return Arrays.toString(Arrays.copyOf(blocks, size)) + (released ? " (released)" : "");
    }
}
