package dev.quire.conformance.broken;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Executable;
import dev.quire.api.memory.BlockPairs;
import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.HostBlocks;
import dev.quire.api.memory.KvCache;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.Ticket;
import dev.quire.conformance.guards.WrappedBackend;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Mistakes with whole blocks: allocating, copying, swapping. Those that concern a part of a block know that the kit's interpreters swap out layer by
 * layer, keys before values.
 */
final class BlockFaults {
    private BlockFaults() {}

    static List<Fault> list() {
        return List.of(
                Fault.of("does not clear a new cache", "M1", "", Dirty::new),
                Fault.of(
                        "takes block 0 for nobody's",
                        "M2",
                        "",
                        right -> new OtherSteps(
                                right,
                                (program, executable, batch, io) -> withoutBlock0(right, executable, batch, io))),
                copies(
                        "copies the first layer only",
                        (backend, cache, pairs) -> partly(backend, cache, pairs, part -> part < 2)),
                copies(
                        "copies keys and no values",
                        (backend, cache, pairs) -> partly(backend, cache, pairs, part -> part % 2 == 0)),
                copies(
                        "copies to the sources",
                        (backend, cache, pairs) -> backend.copyBlocks(
                                cache, new BlockPairs(pairs.group(), pairs.destinations(), pairs.sources()))),
                copies(
                        "copies the pairs in reverse",
                        (backend, cache, pairs) -> backend.copyBlocks(
                                cache,
                                new BlockPairs(
                                        pairs.group(), reversed(pairs.sources()), reversed(pairs.destinations())))),
                copies("reads all sources before it writes", BlockFaults::gathered),
                copies(
                        "copies the first pair only",
                        (backend, cache, pairs) -> backend.copyBlocks(cache, first(pairs))),
                copies("copies nothing", (backend, cache, pairs) -> {}),
                swapOuts(
                        "swaps out to the first host blocks",
                        (backend, cache, pairs, host) -> backend.swapOut(
                                cache, new BlockPairs(pairs.group(), pairs.sources(), counted(pairs)), host)),
                copies("copies in every group", (backend, cache, pairs) -> {
                    for (int g = 0; g < cache.layout().groups().size(); g++) {
                        backend.copyBlocks(cache, new BlockPairs(g, pairs.sources(), pairs.destinations()));
                    }
                }),
                swapOuts("swaps out nothing", (backend, cache, pairs, host) -> {}),
                swapIns(
                        "swaps in one block less",
                        (backend, cache, pairs, host) -> backend.swapIn(cache, withoutLast(pairs), host)),
                swapIns(
                        "swaps in to the blocks that were swapped out",
                        (backend, cache, pairs, host) -> backend.swapIn(
                                cache, new BlockPairs(pairs.group(), pairs.sources(), pairs.sources()), host)));
    }

    /** Copies inside a cache. */
    private interface Copying {
        void copy(AttentionBackend right, KvCache cache, BlockPairs pairs);
    }

    /** Swaps. */
    private interface Swapping {
        void swap(AttentionBackend right, KvCache cache, BlockPairs pairs, HostBlocks host);
    }

    private static Fault copies(String name, Copying copying) {
        return Fault.of(name, "M7", "", right -> new WrappedBackend(right) {
            @Override
            public void copyBlocks(KvCache cache, BlockPairs pairs) {
                copying.copy(right, cache, pairs);
            }
        });
    }

    private static Fault swapOuts(String name, Swapping swapping) {
        return Fault.of(name, "M8", "", right -> new WrappedBackend(right) {
            @Override
            public void swapOut(KvCache cache, BlockPairs pairs, HostBlocks host) {
                swapping.swap(right, cache, pairs, host);
            }
        });
    }

    private static Fault swapIns(String name, Swapping swapping) {
        return Fault.of(name, "M8", "", right -> new WrappedBackend(right) {
            @Override
            public void swapIn(KvCache cache, BlockPairs pairs, HostBlocks host) {
                swapping.swap(right, cache, pairs, host);
            }
        });
    }

    /** Every block of a new cache is full of bf16 or float32 ones. */
    private static final class Dirty extends WrappedBackend {
        Dirty(AttentionBackend right) {
            super(right);
        }

        @Override
        public KvCache allocate(KvCacheLayout layout) {
            KvCache cache = super.allocate(layout);
            for (int g = 0; g < layout.groups().size(); g++) {
                CacheGroup group = layout.groups().get(g);
                int[] all = IntStream.range(0, group.blocks()).toArray();
                try (Arena arena = Arena.ofConfined()) {
                    HostBlocks host = host(arena, group, group.blocks());
                    host.memory().fill((byte) 0x3f);
                    swapIn(cache, new BlockPairs(g, all, all), host);
                }
            }
            return cache;
        }
    }

    /** What a step writes to block 0 of any group is lost. */
    private static Ticket withoutBlock0(AttentionBackend backend, Executable executable, StepBatch batch, Bindings io) {
        if (io.cache().isEmpty()) {
            return executable.submit(batch, io);
        }
        KvCache cache = io.cache().get();
        int[] first = {0};
        try (Arena arena = Arena.ofConfined()) {
            List<HostBlocks> kept = cache.layout().groups().stream()
                    .map(group -> host(arena, group, 1))
                    .toList();
            for (int g = 0; g < kept.size(); g++) {
                backend.swapOut(cache, new BlockPairs(g, first, first), kept.get(g));
            }
            Ticket ticket = executable.submit(batch, io);
            for (int g = 0; g < kept.size(); g++) {
                backend.swapIn(cache, new BlockPairs(g, first, first), kept.get(g));
            }
            return ticket;
        }
    }

    private static HostBlocks host(Arena arena, CacheGroup group, int blocks) {
        return new HostBlocks(arena.allocate(Math.max(1, blocks * group.blockBytes()), 64), group.blockBytes());
    }

    private static CacheGroup group(KvCache cache, BlockPairs pairs) {
        return cache.layout().groups().get(pairs.group());
    }

    /** Copies of each block only some parts: keys and values of each layer are one each. */
    private static void partly(AttentionBackend backend, KvCache cache, BlockPairs pairs, IntPredicate copied) {
        CacheGroup group = group(cache, pairs);
        int parts = 2 * ((CacheGroup.PagedKv) group).layers();
        long bytes = group.blockBytes() / parts;
        for (int i = 0; i < pairs.size(); i++) {
            try (Arena arena = Arena.ofConfined()) {
                HostBlocks host = host(arena, group, 2);
                int[] both = {pairs.sources()[i], pairs.destinations()[i]};
                backend.swapOut(cache, new BlockPairs(pairs.group(), both, new int[] {0, 1}), host);
                IntStream.range(0, parts)
                        .filter(copied)
                        .forEach(part -> MemorySegment.copy(
                                host.memory(), part * bytes, host.memory(), group.blockBytes() + part * bytes, bytes));
                backend.swapIn(cache, new BlockPairs(pairs.group(), new int[] {1}, new int[] {both[1]}), host);
            }
        }
    }

    private static void gathered(AttentionBackend backend, KvCache cache, BlockPairs pairs) {
        try (Arena arena = Arena.ofConfined()) {
            HostBlocks host = host(arena, group(cache, pairs), pairs.size());
            int[] places = counted(pairs);
            backend.swapOut(cache, new BlockPairs(pairs.group(), pairs.sources(), places), host);
            backend.swapIn(cache, new BlockPairs(pairs.group(), places, pairs.destinations()), host);
        }
    }

    private static int[] counted(BlockPairs pairs) {
        return IntStream.range(0, pairs.size()).toArray();
    }

    private static int[] reversed(int[] blocks) {
        return IntStream.range(0, blocks.length)
                .map(i -> blocks[blocks.length - 1 - i])
                .toArray();
    }

    private static BlockPairs first(BlockPairs pairs) {
        return cut(pairs, Math.min(1, pairs.size()));
    }

    private static BlockPairs withoutLast(BlockPairs pairs) {
        return cut(pairs, Math.max(0, pairs.size() - 1));
    }

    private static BlockPairs cut(BlockPairs pairs, int size) {
        return new BlockPairs(
                pairs.group(), Arrays.copyOf(pairs.sources(), size), Arrays.copyOf(pairs.destinations(), size));
    }
}
