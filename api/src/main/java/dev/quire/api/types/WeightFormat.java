package dev.quire.api.types;

/**
 * How the elements of a weight row are stored. A row of {@code columns} elements is a run of {@code columns / blockElements}
 * blocks, behind a head that {@link #INT8} alone has; rows follow one another without gaps. The formats named Q are GGUF's, bit for bit.
 */
public enum WeightFormat {
    F32(1, 4),
    F16(1, 2),
    BF16(1, 2),
    Q8_0(32, 34),
    Q4_0(32, 18),
    Q4_1(32, 20),
    Q5_0(32, 22),
    Q5_1(32, 24),
    Q2_K(256, 84),
    Q3_K(256, 110),
    Q4_K(256, 144),
    Q5_K(256, 176),
    Q6_K(256, 210),
    /** Signed bytes behind one float32 scale for each row. */
    INT8(32, 32, 4),
    /** Groups of 32 codes of 4 bits behind a scale and a zero point. */
    INT4_G32(32, 20),
    /** The same with groups of 64. */
    INT4_G64(64, 36),
    /** The same with groups of 128. */
    INT4_G128(128, 68);

    private final int blockElements;
    private final int blockBytes;
    private final int headBytes;

    WeightFormat(int blockElements, int blockBytes) {
        this(blockElements, blockBytes, 0);
    }

    WeightFormat(int blockElements, int blockBytes, int headBytes) {
        this.blockElements = blockElements;
        this.blockBytes = blockBytes;
        this.headBytes = headBytes;
    }

    /** Elements that share one block; 1 for plain formats. */
    public int blockElements() {
        return blockElements;
    }

    /** Bytes of one block. */
    public int blockBytes() {
        return blockBytes;
    }

    /** Bytes that stand before the first block of a row, and say something of all its elements. */
    public int headBytes() {
        return headBytes;
    }

    /** Whether elements share scales, in blocks or along a row. */
    public boolean isQuantized() {
        return blockElements > 1;
    }

    /**
     * Bytes of a row of {@code elements} elements.
     *
     * @throws IllegalArgumentException if they do not fill whole blocks
     */
    public long bytes(long elements) {
        if (elements % blockElements != 0) {
            throw new IllegalArgumentException(
                    "%d elements do not fill whole blocks of %d in format %s".formatted(elements, blockElements, this));
        }
        return headBytes + elements / blockElements * blockBytes;
    }
}
