package dev.quire.core.llm;

import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.types.DType;
import dev.quire.core.engine.EngineOptions;
import java.util.Locale;

/**
 * How many blocks the KV cache gets, decided once.
 *
 * @param blocks how many
 * @param blockSize tokens of a block
 * @param blockBytes bytes of a block over all groups
 * @param dtype element type of keys and values
 */
public record CacheSize(int blocks, int blockSize, long blockBytes, DType dtype) {
    private static final double GIB = 1L << 30;

    /**
     * Decides by {@code options.blocks}, else by {@code options.kvCacheBytes}, else by what is free; in the last case no more than
     * {@code maxNumSeqs} sequences of full length can fill.
     *
     * @param layout the model's groups
     * @param maxModelLen tokens of the longest sequence
     * @param freeBytes what the device can give
     * @throws IllegalArgumentException if not even one sequence of full length fits
     */
    static CacheSize decide(KvCacheLayout layout, EngineOptions options, int maxModelLen, long freeBytes) {
        long blockBytes =
                layout.groups().stream().mapToLong(CacheGroup::blockBytes).sum();
        int perSequence = Math.ceilDiv(maxModelLen, options.blockSize());
        long blocks;
        if (options.blocks().isPresent()) {
            blocks = options.blocks().getAsInt();
        } else if (options.kvCacheBytes().isPresent()) {
            blocks = options.kvCacheBytes().getAsLong() / blockBytes;
        } else {
            blocks = Math.min(freeBytes / blockBytes, (long) perSequence * options.maxNumSeqs());
        }
        CacheSize size = new CacheSize(
                Math.clamp(blocks, 0, Integer.MAX_VALUE / options.blockSize()),
                options.blockSize(),
                blockBytes,
                ((CacheGroup.PagedKv) layout.groups().getFirst()).dtype());
        if (size.blocks < perSequence) {
            throw size.tooSmall(maxModelLen, perSequence);
        }
        return size;
    }

    private IllegalArgumentException tooSmall(int maxModelLen, int perSequence) {
        return new IllegalArgumentException(
                ("The KV cache has room for %d blocks of %d tokens (%s), %d tokens in all, but one sequence of max-model-len %d needs"
                                + " %d blocks (%s). Lower max-model-len to at most %d, or give the cache more memory (kv-cache-memory-bytes,"
                                + " gpu-memory-utilization, or num-gpu-blocks-override where it is set).")
                        .formatted(
                                blocks,
                                blockSize,
                                gib(bytes()),
                                tokens(),
                                maxModelLen,
                                perSequence,
                                gib(perSequence * blockBytes),
                                tokens()));
    }

    /** Tokens that fit. */
    public long tokens() {
        return (long) blocks * blockSize;
    }

    /** Bytes of all blocks. */
    public long bytes() {
        return blocks * blockBytes;
    }

    private static String gib(long bytes) {
        return String.format(Locale.ROOT, "%.2f GiB", bytes / GIB);
    }
}
