package dev.quire.kernels.host;

import dev.quire.api.memory.KvCache;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.kernels.portable.CacheShape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** A cache: one piece of memory for each group, zero at first. */
final class HostCache implements KvCache {
    private final Arena arena = Arena.ofShared();
    private final KvCacheLayout layout;
    private final List<MemorySegment> groups;

    HostCache(KvCacheLayout layout) {
        this.layout = layout;
        this.groups = layout.groups().stream()
                .map(group ->
                        HostMemory.poisoned(arena, CacheShape.of(group).bytes()).fill((byte) 0))
                .toList();
    }

    CacheShape shape(int group) {
        return CacheShape.of(layout.groups().get(group));
    }

    MemorySegment group(int group) {
        return groups.get(group);
    }

    @Override
    public KvCacheLayout layout() {
        return layout;
    }

    @Override
    public void close() {
        arena.close();
    }
}
