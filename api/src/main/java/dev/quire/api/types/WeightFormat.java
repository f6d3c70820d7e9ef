package dev.quire.api.types;

/**
 * How the elements of a weight row are stored. A row of {@code columns} elements is a run of {@code columns / blockElements}
 * blocks; rows follow one another without gaps. The quantized formats are GGUF's, bit for bit.
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
    Q6_K(256, 210);

    private final int blockElements;
    private final int blockBytes;

    WeightFormat(int blockElements, int blockBytes) {
        this.blockElements = blockElements;
        this.blockBytes = blockBytes;
    }

    /** Elements that share one block; 1 for plain formats. */
    public int blockElements() {
        return blockElements;
    }

    /** Bytes of one block. */
    public int blockBytes() {
        return blockBytes;
    }

    /** Whether elements share scales in blocks. */
    public boolean isQuantized() {
        return blockElements > 1;
    }

    /**
     * Bytes of {@code elements} consecutive elements.
     *
     * @throws IllegalArgumentException if they do not fill whole blocks
     */
    public long bytes(long elements) {
        if (elements % blockElements != 0) {
            throw new IllegalArgumentException(
                    "%d elements do not fill whole blocks of %d in format %s".formatted(elements, blockElements, this));
        }
        return elements / blockElements * blockBytes;
    }
}
