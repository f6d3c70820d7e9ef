package dev.quire.api.placement;

import dev.quire.api.AttentionBackend;
import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.KvCache;
import dev.quire.api.memory.KvCacheLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A cache whose groups live where their ops run. A side that keeps a group sees the whole layout, the other side's groups without blocks,
 * so that group indexes are the same everywhere.
 */
record HybridCache(KvCacheLayout layout, Map<Integer, Runner> keepers, Sides<Optional<KvCache>> sides)
        implements KvCache {
    static HybridCache allocate(KvCacheLayout layout, Map<Integer, Runner> keepers, Sides<AttentionBackend> backends) {
        return new HybridCache(
                layout,
                Map.copyOf(keepers),
                backends.map((runner, backend) -> keepers.containsValue(runner)
                        ? Optional.of(backend.allocate(share(layout, keepers, runner)))
                        : Optional.empty()));
    }

    private static KvCacheLayout share(KvCacheLayout layout, Map<Integer, Runner> keepers, Runner runner) {
        List<CacheGroup> groups = new ArrayList<>();
        for (int i = 0; i < layout.groups().size(); i++) {
            CacheGroup group = layout.groups().get(i);
            groups.add(keepers.get(i) == runner ? group : group.withBlocks(0));
        }
        return new KvCacheLayout(groups);
    }

    Runner keeper(int group) {
        return keepers.get(group);
    }

    /** The cache that holds {@code group}. */
    KvCache of(int group) {
        return sides.of(keeper(group)).orElseThrow();
    }

    @Override
    public void close() {
        sides.primary().ifPresent(KvCache::close);
        sides.fallback().ifPresent(KvCache::close);
    }
}
