package dev.quire.core.cache;

import java.util.Arrays;
import java.util.Objects;

/**
 * Pairs of blocks to copy before a step runs. Within one step no block is a destination twice, and none is both source and
 * destination, so the pairs may be copied in any order or all at once.
 */
public final class BlockCopies {
    private int[] pairs = new int[8];
    private int size;

    /** The number of pairs. */
    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    public int source(int pair) {
        return pairs[2 * Objects.checkIndex(pair, size)];
    }

    public int destination(int pair) {
        return pairs[2 * Objects.checkIndex(pair, size) + 1];
    }

    void add(int source, int destination) {
        if (2 * size == pairs.length) {
            pairs = Arrays.copyOf(pairs, 2 * pairs.length);
        }
        pairs[2 * size] = source;
        pairs[2 * size + 1] = destination;
        size++;
    }

    @Override
    public String toString() {
        var text = new StringBuilder("[");
        for (int i = 0; i < size; i++) {
            text.append(i == 0 ? "" : ", ").append(source(i)).append("→").append(destination(i));
        }
        return text.append(']').toString();
    }
}
