package dev.quire.core.cache;

import java.util.Arrays;

/**
 * The blocks of one cache group: reference counts, a stack of free blocks, and the cached ones (no reference, but indexed) as a list from
 * the least to the most recently used. Taking a block prefers a free one, then evicts the least recently used.
 *
 * <p>A reference can be <em>leaving</em>: it counts until a step in flight completes, and is known to go then.
 */
final class BlockPool {
    private static final int END = -1;

    private final PrefixIndex index;
    private final int[] references;
    private final int[] leaving;
    private final int[] free;
    private final int[] older;
    private final int[] newer;
    private int freeCount;
    private int cachedCount;
    private int arriving;
    private int oldest = END;
    private int newest = END;

    BlockPool(int totalBlocks, PrefixIndex index) {
        this.index = index;
        references = new int[totalBlocks];
        leaving = new int[totalBlocks];
        free = new int[totalBlocks];
        older = new int[totalBlocks];
        newer = new int[totalBlocks];
        for (int block = totalBlocks - 1; block >= 0; block--) {
            free[freeCount++] = block;
        }
    }

    int total() {
        return references.length;
    }

    int free() {
        return freeCount;
    }

    int cached() {
        return cachedCount;
    }

    /** Held blocks whose every reference is leaving: they will be free or cached when the steps in flight have completed. */
    int arriving() {
        return arriving;
    }

    int references(int block) {
        return references[block];
    }

    int leaving(int block) {
        return leaving[block];
    }

    /** Takes a block that no one holds, with one reference. @throws IllegalStateException if there is none */
    int take() {
        int block;
        if (freeCount > 0) {
            block = free[--freeCount];
        } else if (oldest != END) {
            block = oldest;
            unlink(block);
            index.remove(block);
        } else {
            throw new IllegalStateException("All " + total() + " blocks are held");
        }
        references[block] = 1;
        return block;
    }

    /** Adds a reference to a held or cached block. */
    void retain(int block) {
        if (references[block] == 0) {
            if (!index.contains(block)) {
                throw new IllegalStateException("Block " + block + " is free and cannot be shared");
            }
            unlink(block);
        }
        arriving -= arrives(block);
        references[block]++;
        arriving += arrives(block);
    }

    /** Drops a reference; the last one makes the block cached if it is indexed, else free. */
    void drop(int block) {
        if (references[block] <= leaving[block]) {
            throw new IllegalStateException("Block " + block + " is released once too often: " + references[block]
                    + " references, " + leaving[block] + " of them leaving");
        }
        arriving -= arrives(block);
        references[block]--;
        arriving += arrives(block);
        if (references[block] > 0) {
            return;
        }
        if (index.contains(block)) {
            linkNewest(block);
        } else {
            free[freeCount++] = block;
        }
    }

    /** Marks a reference as leaving; {@link #dropLeaving} ends it. */
    void leave(int block) {
        if (references[block] <= leaving[block]) {
            throw new IllegalStateException("Block " + block + " is released once too often: all " + references[block]
                    + " references are leaving");
        }
        leaving[block]++;
        arriving += arrives(block);
    }

    void dropLeaving(int block) {
        arriving -= arrives(block);
        leaving[block]--;
        arriving += arrives(block);
        drop(block);
    }

    private int arrives(int block) {
        return references[block] > 0 && references[block] == leaving[block] ? 1 : 0;
    }

    private void linkNewest(int block) {
        older[block] = newest;
        newer[block] = END;
        if (newest == END) {
            oldest = block;
        } else {
            newer[newest] = block;
        }
        newest = block;
        cachedCount++;
    }

    private void unlink(int block) {
        if (older[block] == END) {
            oldest = newer[block];
        } else {
            newer[older[block]] = newer[block];
        }
        if (newer[block] == END) {
            newest = older[block];
        } else {
            older[newer[block]] = older[block];
        }
        cachedCount--;
    }

    /** Counts every block once and compares. @param expected the references that each block should have */
    void checkIntegrity(int[] expected) {
        var seen = new int[total()];
        for (int i = 0; i < freeCount; i++) {
            seen[free[i]]++;
        }
        int cached = 0;
        for (int block = oldest; block != END && cached <= total(); block = newer[block]) {
            seen[block]++;
            cached++;
            require(index.contains(block), "cached block %d is not indexed", block);
        }
        int arrivals = 0;
        for (int block = 0; block < total(); block++) {
            seen[block] += references[block] > 0 ? 1 : 0;
            arrivals += arrives(block);
            require(seen[block] == 1, "block %d is in %d of the states free, cached, held", block, seen[block]);
            require(
                    references[block] == expected[block],
                    "block %d: counted %d references, held by %d",
                    block,
                    references[block],
                    expected[block]);
        }
        require(cached == cachedCount, "%d blocks are cached, counted %d", cached, cachedCount);
        require(arrivals == arriving, "%d blocks arrive, counted %d", arrivals, arriving);
    }

    private void require(boolean condition, String message, Object... values) {
        if (!condition) {
            throw new IllegalStateException(
                    "Block pool: " + message.formatted(values) + "; references " + Arrays.toString(references));
        }
    }
}
