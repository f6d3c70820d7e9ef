package dev.quire.conformance.interpreter;

import dev.quire.api.AttentionBackend;
import dev.quire.api.memory.BlockPairs;
import dev.quire.api.memory.Buffer;
import dev.quire.api.memory.HostBlocks;
import dev.quire.api.memory.KvCache;
import dev.quire.api.types.DType;
import java.lang.foreign.Arena;

/** The memory of an interpreter: buffers off heap that live as long as it does, caches that are {@link HeapCache}s. */
public abstract class HeapBackend implements AttentionBackend {
    private final Arena arena = Arena.ofShared();

    @Override
    public final Buffer buffer(DType dtype, int rows, int width) {
        return new Buffer(arena.allocate((long) rows * width * dtype.bytes(), 64), dtype, rows, width);
    }

    @Override
    public final void copyBlocks(KvCache cache, BlockPairs pairs) {
        ((HeapCache<?>) cache).copyBlocks(pairs);
    }

    @Override
    public final void swapOut(KvCache cache, BlockPairs pairs, HostBlocks host) {
        ((HeapCache<?>) cache).swapOut(pairs, host);
    }

    @Override
    public final void swapIn(KvCache cache, BlockPairs pairs, HostBlocks host) {
        ((HeapCache<?>) cache).swapIn(pairs, host);
    }

    @Override
    public final void close() {
        arena.close();
    }
}
