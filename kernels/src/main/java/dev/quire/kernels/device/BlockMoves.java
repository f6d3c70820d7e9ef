package dev.quire.kernels.device;

import dev.quire.api.memory.BlockPairs;
import dev.quire.api.memory.HostBlocks;
import dev.quire.kernels.device.Operand.Pointer;
import dev.quire.kernels.portable.CacheLaunches;
import dev.quire.kernels.portable.CacheShape;
import dev.quire.kernels.portable.Launches;
import dev.quire.kernels.portable.Region;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Copies and swaps of whole blocks, in the order of issue. Swapped blocks pass over staging memory on the device, at most {@value #MOST_BLOCKS} at a
 * time; it is allocated with the cache.
 */
final class BlockMoves implements AutoCloseable {
    private static final int MOST_BLOCKS = 16;

    private final IssueQueue queue;
    private final DeviceCache cache;
    private final StepSlots slots;
    private final DeviceMemory staging;
    private final int chunk;

    /** A piece of device memory and its place on the host. */
    private record Piece(long staging, MemorySegment host) {}

    BlockMoves(DeviceCache cache, IssueQueue queue) {
        this.queue = queue;
        this.cache = cache;
        long block = 1;
        int most = 1;
        for (int group = 0; group < cache.layout().groups().size(); group++) {
            block = Math.max(block, cache.shape(group).blockBytes());
            most = Math.max(most, cache.layout().groups().get(group).blocks());
        }
        this.chunk = Math.min(most, MOST_BLOCKS);
        this.staging = queue.allocate(chunk * block, MemoryUse.CACHE);
        Owned begun = new Owned();
        begun.add(staging::close);
        this.slots = begun.orFree(() -> new StepSlots(queue, 2L * chunk * Integer.BYTES));
    }

    void copy(BlockPairs pairs) {
        submit(CacheLaunches.copy(cache.shape(pairs.group()), pairs), List.of(), List.of());
    }

    void out(BlockPairs pairs, HostBlocks host) {
        CacheShape shape = cache.shape(pairs.group());
        for (int from = 0; from < pairs.size(); from += chunk) {
            int to = Math.min(from + chunk, pairs.size());
            int[] sources = Arrays.copyOfRange(pairs.sources(), from, to);
            List<Command> downloads = new ArrayList<>();
            for (Piece piece : pieces(shape, Arrays.copyOfRange(pairs.destinations(), from, to), host)) {
                downloads.add(new Command.Download(staging, piece.staging(), piece.host()));
            }
            submit(CacheLaunches.gather(shape, pairs.group(), sources), List.of(), downloads);
        }
    }

    void in(BlockPairs pairs, HostBlocks host) {
        CacheShape shape = cache.shape(pairs.group());
        for (int from = 0; from < pairs.size(); from += chunk) {
            int to = Math.min(from + chunk, pairs.size());
            int[] destinations = Arrays.copyOfRange(pairs.destinations(), from, to);
            List<Command> uploads = new ArrayList<>();
            for (Piece piece : pieces(shape, Arrays.copyOfRange(pairs.sources(), from, to), host)) {
                uploads.add(new Command.Upload(piece.host(), staging, piece.staging()));
            }
            submit(CacheLaunches.scatter(shape, pairs.group(), destinations), uploads, List.of());
        }
    }

    /** Where host blocks stand in the staging memory, neighbours on both sides as one piece. */
    private static List<Piece> pieces(CacheShape shape, int[] blocks, HostBlocks host) {
        List<Piece> pieces = new ArrayList<>();
        boolean dense = shape.blockBytes() == host.blockBytes();
        for (int i = 0; i < blocks.length; ) {
            int next = i + 1;
            while (dense && next < blocks.length && blocks[next] == blocks[next - 1] + 1) {
                next++;
            }
            MemorySegment memory =
                    host.memory().asSlice(blocks[i] * host.blockBytes(), (next - i) * shape.blockBytes());
            pieces.add(new Piece(i * shape.blockBytes(), memory));
            i = next;
        }
        return pieces;
    }

    private void submit(Launches launches, List<Command> before, List<Command> after) {
        if (launches.list().isEmpty()) {
            return;
        }
        StepSlots.Slot slot = slots.next(launches.words());
        RegionMap memory = region -> switch (region) {
            case Region.Words() -> new Pointer(slot.memory(), 0);
            case Region.Cache(int group) -> new Pointer(cache.group(group), 0);
            case Region.Staging() -> new Pointer(staging, 0);
            default -> throw new IllegalStateException("a move of blocks does not read " + region);
        };
        List<Command> commands = new ArrayList<>(slot.upload(launches.words().length));
        commands.addAll(before);
        commands.addAll(memory.commands(launches.list()));
        commands.addAll(after);
        slot.usedBy(queue.once(commands));
    }

    @Override
    public void close() {
        queue.drain();
        slots.close();
        staging.close();
    }
}
