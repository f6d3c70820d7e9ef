package dev.quire.api.memory;

import java.util.List;

/** Every cache group of a model; ops name a group by its index here. */
public record KvCacheLayout(List<CacheGroup> groups) {
    public KvCacheLayout {
        groups = List.copyOf(groups);
    }

    /** Bytes of all blocks of all groups. */
    public long bytes() {
        return groups.stream().mapToLong(g -> g.blocks() * g.blockBytes()).sum();
    }
}
