package dev.quire.api.memory;

import dev.quire.api.types.DType;

/** Layers that share one block table. */
public sealed interface CacheGroup {
    /** Name for messages. */
    String name();

    /** Blocks of the group. */
    int blocks();

    /** Tokens that one block holds. */
    int blockSize();

    /** Bytes that one block takes over all layers, keys and values together. */
    long blockBytes();

    /** The same group with another number of blocks. */
    CacheGroup withBlocks(int count);

    /**
     * Keys and values in pages (Kwon et al. 2023 §4).
     *
     * @param name for messages
     * @param layers layers that share the block table
     * @param kvHeads key and value heads of a layer
     * @param headSize elements of a head
     * @param dtype element type of both
     * @param blockSize tokens of a block
     * @param blocks blocks of the group
     */
    record PagedKv(String name, int layers, int kvHeads, int headSize, DType dtype, int blockSize, int blocks)
            implements CacheGroup {
        public PagedKv {
            if (layers < 1 || kvHeads < 1 || headSize < 1 || blockSize < 1 || blocks < 0) {
                throw new IllegalArgumentException(
                        "cache group '%s': layers=%d kvHeads=%d headSize=%d blockSize=%d blocks=%d; sizes must be positive"
                                .formatted(name, layers, kvHeads, headSize, blockSize, blocks));
            }
            if (dtype == DType.I32) {
                throw new IllegalArgumentException(
                        "cache group '%s': keys cannot be %s; choose F32, F16, BF16 or F8_E4M3".formatted(name, dtype));
            }
        }

        @Override
        public long blockBytes() {
            return 2L * layers * kvHeads * headSize * blockSize * dtype.bytes();
        }

        @Override
        public PagedKv withBlocks(int count) {
            return new PagedKv(name, layers, kvHeads, headSize, dtype, blockSize, count);
        }
    }
}
