package dev.quire.api.types;

/** Element type of activations, KV entries and index values. */
public enum DType {
    /** IEEE 754 binary32. */
    F32(4),
    /** IEEE 754 binary16. */
    F16(2),
    /** The upper half of a binary32. */
    BF16(2),
    /** {@link dev.quire.api.format.E4M3}; of keys and values in a cache alone. */
    F8_E4M3(1),
    /** Two's complement 32-bit integer: token ids, positions. */
    I32(4);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** Size of one element in bytes. */
    public int bytes() {
        return bytes;
    }
}
