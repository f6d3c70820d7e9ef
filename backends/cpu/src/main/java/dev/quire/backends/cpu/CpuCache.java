package dev.quire.backends.cpu;

import dev.quire.api.BackendException;
import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.KvCache;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.CacheRef;
import dev.quire.api.types.Support;
import dev.quire.backends.cpu.attention.PagedKvPool;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/** One pool per layer of each group, in memory of its own. */
final class CpuCache implements KvCache {
    private final KvCacheLayout layout;
    private final Arena arena = new PackedMemory(); // a short cache's layers are too small for huge pages of their own
    private final List<List<PagedKvPool>> groups = new ArrayList<>();

    CpuCache(KvCacheLayout layout) {
        this.layout = layout;
        try {
            for (CacheGroup group : layout.groups()) {
                groups.add(allocate((CacheGroup.PagedKv) group));
            }
        } catch (OutOfMemoryError e) {
            arena.close();
            throw new BackendException(
                    BackendException.Kind.OUT_OF_MEMORY,
                    "a KV cache of %d bytes does not fit into memory; ask for fewer blocks".formatted(layout.bytes()),
                    e);
        }
    }

    private List<PagedKvPool> allocate(CacheGroup.PagedKv group) {
        if (PagedKvPool.supports(group) instanceof Support.No(String reason)) {
            throw new BackendException(BackendException.Kind.UNSUPPORTED, reason);
        }
        List<PagedKvPool> layers = new ArrayList<>();
        for (int layer = 0; layer < group.layers(); layer++) {
            layers.add(new PagedKvPool(arena, group));
        }
        return layers;
    }

    @Override
    public KvCacheLayout layout() {
        return layout;
    }

    PagedKvPool pool(CacheRef ref) {
        return groups.get(ref.group()).get(ref.layer());
    }

    List<PagedKvPool> layers(int group) {
        return groups.get(group);
    }

    @Override
    public void close() {
        arena.close();
    }
}
