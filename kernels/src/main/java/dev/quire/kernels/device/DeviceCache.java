package dev.quire.kernels.device;

import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.KvCache;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.kernels.portable.CacheShape;
import java.util.ArrayList;
import java.util.List;

/** A cache on a device: one piece of memory for each group, zero at first. */
final class DeviceCache implements KvCache {
    private final KvCacheLayout layout;
    private final List<DeviceMemory> groups = new ArrayList<>();
    private final BlockMoves moves;

    DeviceCache(KvCacheLayout layout, IssueQueue queue) {
        this.layout = layout;
        try {
            for (CacheGroup group : layout.groups()) {
                groups.add(queue.allocate(CacheShape.of(group).bytes(), MemoryUse.CACHE));
            }
            queue.now(groups.stream().<Command>map(Command.Zero::new).toList());
            moves = new BlockMoves(this, queue);
        } catch (RuntimeException e) {
            groups.forEach(DeviceMemory::close);
            throw e;
        }
    }

    CacheShape shape(int group) {
        return CacheShape.of(layout.groups().get(group));
    }

    DeviceMemory group(int group) {
        return groups.get(group);
    }

    /** What copies and swaps its blocks. */
    BlockMoves moves() {
        return moves;
    }

    @Override
    public KvCacheLayout layout() {
        return layout;
    }

    @Override
    public void close() {
        moves.close();
        groups.forEach(DeviceMemory::close);
    }
}
