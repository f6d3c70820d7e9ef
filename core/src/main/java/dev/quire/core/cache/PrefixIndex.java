package dev.quire.core.cache;

import java.util.Arrays;

/**
 * Which block holds the content of a hash: at most one block per hash and one hash per block. Open addressing with linear probing over
 * block numbers, so that a lookup allocates nothing.
 */
final class PrefixIndex {
    static final int NONE = -1;

    private final BlockHash[] hashOf;
    private final int[] parentOf;
    private final int[] table;
    private final int mask;
    private int size;

    PrefixIndex(int totalBlocks) {
        hashOf = new BlockHash[totalBlocks];
        parentOf = new int[totalBlocks];
        table = new int[Integer.highestOneBit(Math.max(2, totalBlocks)) << 2];
        mask = table.length - 1;
        Arrays.fill(table, NONE);
        Arrays.fill(parentOf, NONE);
    }

    int size() {
        return size;
    }

    boolean contains(int block) {
        return hashOf[block] != null;
    }

    /** The block with this content, or {@link #NONE}. */
    int find(BlockHash hash) {
        for (int at = hash.hashCode() & mask; table[at] != NONE; at = (at + 1) & mask) {
            if (hashOf[table[at]].equals(hash)) {
                return table[at];
            }
        }
        return NONE;
    }

    /**
     * Enters a block under its hash; both must be new.
     *
     * @param parent the block before it in its chain, or {@link #NONE} for the first
     */
    void put(BlockHash hash, int block, int parent) {
        if (contains(block) || find(hash) != NONE) {
            throw new IllegalStateException("Block " + block + " or its hash is indexed already");
        }
        if (parent != NONE && !contains(parent)) {
            throw new IllegalStateException("Block " + block + " would be indexed before its parent " + parent);
        }
        int at = hash.hashCode() & mask;
        while (table[at] != NONE) {
            at = (at + 1) & mask;
        }
        table[at] = block;
        hashOf[block] = hash;
        parentOf[block] = parent;
        size++;
    }

    void remove(int block) {
        int at = hashOf[block].hashCode() & mask;
        while (table[at] != block) {
            at = (at + 1) & mask;
        }
        closeGap(at);
        hashOf[block] = null;
        parentOf[block] = NONE;
        size--;
    }

    /** Moves later entries of the probe sequence back, so that no lookup stops early (Knuth, TAOCP 3, §6.4, algorithm R). */
    private void closeGap(int gap) {
        for (int at = (gap + 1) & mask; table[at] != NONE; at = (at + 1) & mask) {
            int home = hashOf[table[at]].hashCode() & mask;
            if (((at - home) & mask) >= ((at - gap) & mask)) {
                table[gap] = table[at];
                gap = at;
            }
        }
        table[gap] = NONE;
    }

    void checkIntegrity() {
        int entries = 0;
        for (int block = 0; block < hashOf.length; block++) {
            if (!contains(block)) {
                continue;
            }
            entries++;
            if (find(hashOf[block]) != block) {
                throw new IllegalStateException("Indexed block " + block + " is not found by its hash");
            }
            if (parentOf[block] != NONE && !contains(parentOf[block])) {
                throw new IllegalStateException(
                        "Block " + block + " outlives its parent " + parentOf[block] + " in the prefix index");
            }
        }
        if (entries != size) {
            throw new IllegalStateException("The prefix index counts " + size + " blocks and has " + entries);
        }
    }
}
