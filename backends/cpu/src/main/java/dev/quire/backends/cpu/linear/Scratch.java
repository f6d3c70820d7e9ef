package dev.quire.backends.cpu.linear;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Native memory of one thread that grows to the largest size asked for and is then used again and again. */
final class Scratch {
    private static final int CACHE_LINE = 64;

    private MemorySegment memory = MemorySegment.NULL;

    /** At least {@code bytes}, on a cache line; what it holds is undefined. Valid until the next call. */
    MemorySegment get(long bytes) {
        if (memory.byteSize() < bytes) {
            memory = Arena.ofAuto().allocate(bytes, CACHE_LINE);
        }
        return memory;
    }
}
