package dev.quire.conformance.guards;

import dev.quire.api.AttentionBackend;
import dev.quire.api.memory.BlockPairs;
import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.HostBlocks;
import dev.quire.api.memory.KvCache;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Every block of a cache in host memory. What the bytes of a block say is the backend's own affair (RULES M8), but a block that nothing
 * writes has the same bytes whenever it is swapped out. Readable once a later ticket is done (T3).
 */
public final class CacheImage {
    private final KvCache cache;
    private final List<HostBlocks> groups = new ArrayList<>();

    /** Issues the swaps. */
    public CacheImage(AttentionBackend backend, KvCache cache, Arena arena) {
        this.cache = cache;
        List<CacheGroup> layout = cache.layout().groups();
        for (int g = 0; g < layout.size(); g++) {
            CacheGroup group = layout.get(g);
            HostBlocks host = new HostBlocks(
                    arena.allocate(Math.max(1, group.blocks() * group.blockBytes()), 64), group.blockBytes());
            int[] all = IntStream.range(0, group.blocks()).toArray();
            backend.swapOut(cache, new BlockPairs(g, all, all.clone()), host);
            groups.add(host);
        }
    }

    /**
     * A block that differs from this, earlier image although nothing was to write it.
     *
     * @param written blocks that may differ, by group
     * @param what happened between the two
     */
    public Optional<Violation> violation(CacheImage later, List<Set<Integer>> written, String what) {
        for (int g = 0; g < groups.size(); g++) {
            CacheGroup group = cache.layout().groups().get(g);
            for (int block = 0; block < group.blocks(); block++) {
                long from = block * group.blockBytes();
                long at = groups.get(g)
                        .memory()
                        .asSlice(from, group.blockBytes())
                        .mismatch(later.groups.get(g).memory().asSlice(from, group.blockBytes()));
                if (at >= 0 && !written.get(g).contains(block)) {
                    return Optional.of(new Violation(
                            "M3",
                            "block %d of cache group '%s' changed during %s, which writes none of its slots (byte %d of %d as swapped out)"
                                    .formatted(block, group.name(), what, at, group.blockBytes())));
                }
            }
        }
        return Optional.empty();
    }
}
