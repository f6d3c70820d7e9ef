package dev.quire.conformance.metamorphic;

import dev.quire.conformance.metamorphic.Schedule.Placement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;

/** Who has which block, how far each sequence has come, and what lies on the host. */
final class BlockBook {
    private final int blockSize;
    private final Placement placement;
    private final Random random;
    private final TreeSet<Integer> free = new TreeSet<>();
    private final int[] holders;
    private final List<List<Integer>> tables = new ArrayList<>();
    private final List<List<Integer>> away = new ArrayList<>();
    private final int[] computed;
    private int hostBlocks;

    BlockBook(int blocks, int blockSize, int sequences, Placement placement, Random random) {
        this.blockSize = blockSize;
        this.placement = placement;
        this.random = random;
        this.holders = new int[blocks];
        this.computed = new int[sequences];
        for (int block = 0; block < blocks; block++) {
            free.add(block);
        }
        for (int s = 0; s < sequences; s++) {
            tables.add(new ArrayList<>());
            away.add(new ArrayList<>());
        }
    }

    /** Tokens of a sequence that are in the cache. */
    int computed(int sequence) {
        return computed[sequence];
    }

    /** A sequence's blocks, in order. */
    List<Integer> blocks(int sequence) {
        return tables.get(sequence);
    }

    /** Blocks that nobody has. */
    int[] free() {
        return free.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Gives a sequence blocks for more tokens. */
    void extend(int sequence, int tokens) {
        computed[sequence] += tokens;
        while (tables.get(sequence).size() * blockSize < computed[sequence]) {
            tables.get(sequence).add(take());
        }
    }

    /** A sequence begins like another; source and destination of the block that has to be copied, if one is shared in part. */
    Optional<int[]> share(int from, int to, int tokens) {
        int whole = tokens / blockSize;
        for (int i = 0; i < whole; i++) {
            int block = tables.get(from).get(i);
            holders[block]++;
            tables.get(to).add(block);
        }
        computed[to] = tokens;
        if (tokens % blockSize == 0) {
            return Optional.empty();
        }
        int copy = take();
        tables.get(to).add(copy);
        return Optional.of(new int[] {tables.get(from).get(whole), copy});
    }

    /** A sequence's blocks and the host blocks that they go to. */
    List<int[]> leave(int sequence) {
        List<int[]> pairs = new ArrayList<>();
        for (int block : tables.get(sequence)) {
            pairs.add(new int[] {block, hostBlocks});
            away.get(sequence).add(hostBlocks++);
            give(block);
        }
        tables.get(sequence).clear();
        return pairs;
    }

    /** Host blocks of a sequence and the blocks that they come to. */
    List<int[]> comeBack(int sequence) {
        List<int[]> pairs = new ArrayList<>();
        for (int host : away.get(sequence)) {
            int block = take();
            tables.get(sequence).add(block);
            pairs.add(new int[] {host, block});
        }
        away.get(sequence).clear();
        return pairs;
    }

    /** A sequence begins anew. */
    void drop(int sequence) {
        tables.get(sequence).forEach(this::give);
        tables.get(sequence).clear();
        computed[sequence] = 0;
    }

    private int take() {
        int block = switch (placement) {
            case ASCENDING -> free.first();
            case DESCENDING -> free.last();
            case SHUFFLED ->
                free.stream().skip(random.nextInt(free.size())).findFirst().orElseThrow();
        };
        free.remove(block);
        holders[block] = 1;
        return block;
    }

    private void give(int block) {
        if (--holders[block] == 0) {
            free.add(block);
        }
    }
}
