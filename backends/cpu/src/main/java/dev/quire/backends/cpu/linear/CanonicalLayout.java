package dev.quire.backends.cpu.linear;

import java.util.Arrays;

/**
 * Where the K elements of a canonical sum lie in memory, so that its 32 partial sums need few registers. A word is two elements. Slice after slice
 * come 16 runs of words; run q holds elements q, q + 32, q + 64, … of the slice in the words' lower halves, q + 16, q + 48, … in the upper ones: all
 * of partial sum q and of q + 16, which a kernel finishes before the next two. An upper half without an element is zero.
 */
final class CanonicalLayout {
    /** Partial sums of a canonical dot. */
    static final int PARTIALS = 32;

    /** Runs of words of a slice. */
    static final int RUNS = PARTIALS / 2;

    private final int inputs;
    private final int[] firstWord;
    private final int[] lengths;
    private final int[] elements;

    CanonicalLayout(int inputs, int slices) {
        this.inputs = inputs;
        this.firstWord = new int[slices + 1];
        this.lengths = new int[slices];
        for (int slice = 0; slice < slices; slice++) {
            lengths[slice] = start(slice + 1) - start(slice);
            firstWord[slice + 1] = firstWord[slice] + RUNS * steps(slice) + longerRuns(slice);
        }
        this.elements = new int[2 * words()];
        Arrays.fill(elements, inputs);
        for (int slice = 0; slice < slices; slice++) {
            for (int i = 0; i < lengths[slice]; i++) {
                int run = i % RUNS;
                int word = firstWord[slice] + run * steps(slice) + Math.min(run, longerRuns(slice)) + i / PARTIALS;
                elements[2 * word + i % PARTIALS / RUNS] = start(slice) + i;
            }
        }
    }

    private int start(int slice) {
        return (int) ((long) slice * inputs / lengths.length);
    }

    int inputs() {
        return inputs;
    }

    int slices() {
        return lengths.length;
    }

    /** Words of all slices. */
    int words() {
        return firstWord[lengths.length];
    }

    int firstWord(int slice) {
        return firstWord[slice];
    }

    /** Words of every run of a slice. */
    int steps(int slice) {
        return lengths[slice] / PARTIALS;
    }

    /** How many runs of a slice, the first ones, have one word more. */
    int longerRuns(int slice) {
        return Math.min(lengths[slice] % PARTIALS, RUNS);
    }

    /**
     * Writes a row in the layout's order, the lower half of each word before the upper one.
     *
     * @param values [inputs + 1], the last a zero: what halves without an element get
     * @param to index in {@code arranged} of the first of 2 · {@link #words} floats
     */
    void arrange(float[] values, float[] arranged, int to) {
        for (int i = 0; i < elements.length; i++) {
            arranged[to + i] = values[elements[i]];
        }
    }
}
