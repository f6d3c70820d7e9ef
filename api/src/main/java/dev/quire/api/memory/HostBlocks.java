package dev.quire.api.memory;

import java.lang.foreign.MemorySegment;

/**
 * Host memory for swapped blocks: block i of the host lies at byte {@code i · blockBytes}. The bytes inside a block are the backend's own
 * affair and only it can read them back.
 *
 * @param memory off heap
 * @param blockBytes bytes of one block, {@link CacheGroup#blockBytes()}
 */
public record HostBlocks(MemorySegment memory, long blockBytes) {
    /** Blocks that fit. */
    public int blocks() {
        return Math.toIntExact(memory.byteSize() / blockBytes);
    }
}
