package dev.quire.kernels.portable;

import dev.quire.api.BackendException;
import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.CacheGroup.PagedKv;

/**
 * How a paged group of keys and values lies in memory: for each layer the keys, [block, kvHead, dimension, offset], so that neighbouring
 * lanes read neighbouring tokens, then the values, [block, kvHead, offset, dimension]; each part begins at a multiple of the alignment.
 *
 * @param group what the caller asked for
 */
public record CacheShape(PagedKv group) {
    /** @throws BackendException of kind UNSUPPORTED if a block has an odd number of bytes */
    public CacheShape {
        if ((long) group.kvHeads()
                        * group.headSize()
                        * group.blockSize()
                        * group.dtype().bytes()
                        % Short.BYTES
                != 0) {
            throw new BackendException(
                    BackendException.Kind.UNSUPPORTED,
                    "blocks of %d tokens with %d heads of %d elements of %s have an odd number of bytes, which no device copies; choose an even block size"
                            .formatted(group.blockSize(), group.kvHeads(), group.headSize(), group.dtype()));
        }
    }

    /** The shape of any group. */
    public static CacheShape of(CacheGroup group) {
        return switch (group) {
            case PagedKv paged -> new CacheShape(paged);
        };
    }

    /** Bytes of the group on the device. */
    public long bytes() {
        return parts() * partBytes();
    }

    /** Bytes of one block over all layers, keys and values, without padding. */
    public long blockBytes() {
        return (long) parts() * blockElements() * group.dtype().bytes();
    }

    /** Keys and values of every layer. */
    int parts() {
        return 2 * group.layers();
    }

    /** From the start of one part to the next. */
    long partBytes() {
        return Region.aligned(
                (long) group.blocks() * blockElements() * group.dtype().bytes());
    }

    /** Elements of a block in one part. */
    int blockElements() {
        return Math.multiplyExact(Math.multiplyExact(group.kvHeads(), group.headSize()), group.blockSize());
    }

    /** Pieces of 16 bits of a block in one part, which is what moves of blocks count in. */
    int blockUnits() {
        return Math.multiplyExact(blockElements(), group.dtype().bytes()) / Short.BYTES;
    }

    long keysAt(int layer) {
        return 2 * layer * partBytes();
    }

    long valuesAt(int layer) {
        return (2 * layer + 1) * partBytes();
    }
}
