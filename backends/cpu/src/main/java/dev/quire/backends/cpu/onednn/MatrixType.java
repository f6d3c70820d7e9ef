package dev.quire.backends.cpu.onednn;

/**
 * The element type of the two factors of a product, and how the right one, the weights, is packed: [N/64][K/step][64][step] with
 * N and K rounded up and filled with zeros. One packing serves every number of rows.
 */
public enum MatrixType {
    /** float32 factors; the packing that oneDNN calls BA16a64b. */
    F32(Functions.F32, 506, 4, 1, 16),
    /** bf16 factors; the packing that oneDNN calls BA16a64b2a. */
    BF16(Functions.BF16, 384, 2, 2, 32);

    /** Columns of the product in one panel of packed weights. */
    public static final int PANEL = 64;

    final int code;
    final int packedTag;
    private final int bytes;
    private final int step;
    private final int innerMultiple;

    MatrixType(int code, int packedTag, int bytes, int step, int innerMultiple) {
        this.code = code;
        this.packedTag = packedTag;
        this.bytes = bytes;
        this.step = step;
        this.innerMultiple = innerMultiple;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** How many elements of one column lie side by side in a panel. */
    public int step() {
        return step;
    }

    /** {@code inner}, the length of a dot product, rounded up to what a panel holds. */
    public int paddedInner(int inner) {
        return (inner + innerMultiple - 1) / innerMultiple * innerMultiple;
    }

    /** Bytes of one panel of packed weights. */
    public long panelBytes(int inner) {
        return (long) paddedInner(inner) * PANEL * bytes;
    }
}
