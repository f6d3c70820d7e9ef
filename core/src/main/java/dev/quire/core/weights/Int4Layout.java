package dev.quire.core.weights;

/**
 * How a checkpoint lays out weights of 4 bits, eight in a little-endian word of 32 bits, as the writers of these files do: an index names the four bits of
 * a word that hold an element.
 */
public enum Int4Layout {
    /** AutoAWQ's GEMM version: a word of {@code qweight} [inputs, outputs / 8] holds one input of eight outputs, the even ones first. */
    AWQ(0),
    /** AutoGPTQ: a word of {@code qweight} [inputs / 8, outputs] holds eight inputs of one output; zero points are stored less 1. */
    GPTQ(1),
    /** GPTQModel's second version: the same with zero points as they are. */
    GPTQ_V2(0);

    private static final int[] EVEN_FIRST = {0, 4, 1, 5, 2, 6, 3, 7};

    private final int zeroOffset;

    Int4Layout(int zeroOffset) {
        this.zeroOffset = zeroOffset;
    }

    /** What is added to a stored zero point. */
    int zeroOffset() {
        return zeroOffset;
    }

    /** Rows of {@code qweight} in a layer. */
    int rows(int inputs) {
        return this == AWQ ? inputs : inputs / 8;
    }

    /** Columns of {@code qweight} in a layer. */
    int columns(int outputs) {
        return this == AWQ ? outputs / 8 : outputs;
    }

    /** The word of {@code qweight} with an element. */
    long word(int input, int output, int outputs) {
        return this == AWQ ? (long) input * (outputs / 8) + output / 8 : (long) (input / 8) * outputs + output;
    }

    /** Where the element lies in it. */
    int index(int input, int output) {
        return this == AWQ ? EVEN_FIRST[output % 8] : input % 8;
    }

    /** Where the zero point of an output lies in its word of {@code qzeros} [groups, outputs / 8]. */
    int zeroIndex(int output) {
        return this == AWQ ? EVEN_FIRST[output % 8] : output % 8;
    }
}
