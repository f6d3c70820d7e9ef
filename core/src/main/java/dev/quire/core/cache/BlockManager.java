package dev.quire.core.cache;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * Gives the blocks of one cache group to block tables: paged attention's memory with sharing, copy-on-write and a prefix cache (Kwon et
 * al. 2023, §4.2–4.4; the prefix cache is indexed by a chained hash of the tokens).
 *
 * <p>The life of a table: {@link #open} (with cached blocks of its prefix) or {@link #fork}; {@link #reserve} before each step that writes
 * to it; {@link #commit} after each completed step that wrote to it; {@link #release}. The life of a step: {@link #beginStep}, the
 * reservations, and in the order of issue {@link #stepCompleted}. A block named by a step in flight stays held until that step completes.
 *
 * <p>Confined to one thread.
 */
public final class BlockManager {
    /** Earlier than every step; the first step is 0. */
    static final long NO_STEP = -1;

    private final int blockSize;
    private final boolean caching;
    private final PrefixIndex index;
    private final BlockPool pool;
    private final BlockHasher hasher;
    private final DeferredDrops deferred = new DeferredDrops();
    private final Set<BlockTable> tables = Collections.newSetFromMap(new IdentityHashMap<>());
    private long planned = NO_STEP;
    private long completed = NO_STEP;
    private long copies;
    private long exchanged;

    /**
     * @param totalBlocks the blocks of the cache, at least 1
     * @param blockSize tokens per block, a power of two
     */
    public BlockManager(int totalBlocks, int blockSize, PrefixCaching caching) {
        if (totalBlocks < 1) {
            throw new IllegalArgumentException("The KV cache has " + totalBlocks
                    + " blocks and needs at least 1; give the cache more memory or use a smaller block size");
        }
        if (blockSize < 1 || Integer.bitCount(blockSize) != 1) {
            throw new IllegalArgumentException("Block size " + blockSize
                    + " is not a power of two; choose 1, 2, 4, 8, 16 (the default), 32, 64, 128 or 256");
        }
        this.blockSize = blockSize;
        this.caching = caching == PrefixCaching.ON;
        this.index = new PrefixIndex(totalBlocks);
        this.pool = new BlockPool(totalBlocks, index);
        this.hasher = new BlockHasher(blockSize);
    }

    public int blockSize() {
        return blockSize;
    }

    /** The blocks that this many tokens fill, the last one perhaps in part. */
    public int blocksFor(int tokens) {
        return Math.ceilDiv(tokens, blockSize);
    }

    public int totalBlocks() {
        return pool.total();
    }

    public int freeBlocks() {
        return pool.free();
    }

    public int cachedBlocks() {
        return pool.cached();
    }

    public int heldBlocks() {
        return pool.total() - pool.free() - pool.cached();
    }

    /** Blocks that a reservation can have now: free or evictable. */
    public int availableBlocks() {
        return pool.free() + pool.cached();
    }

    /** Held blocks that become available without further ado when the steps in flight complete. */
    public int arrivingBlocks() {
        return pool.arriving();
    }

    /** Blocks copied on write so far. */
    public long copies() {
        return copies;
    }

    /** Computed blocks that were exchanged for an indexed one of equal content so far. */
    public long exchanged() {
        return exchanged;
    }

    public BlockState stateOf(int block) {
        if (pool.references(block) > 0) {
            return BlockState.HELD;
        }
        return index.contains(block) ? BlockState.CACHED : BlockState.FREE;
    }

    /**
     * Opens a table with the longest indexed prefix of the tokens. The prefix is never all of them: the last token is left to compute, so
     * that its logits exist.
     *
     * @param limit look up no more than this many tokens
     */
    public BlockTable open(TokenHistory tokens, int limit) {
        var table = new BlockTable(blockSize);
        tables.add(table);
        int most = caching ? Math.min(limit, tokens.size() - 1) / blockSize : 0;
        while (table.size() < most) {
            int block = index.find(tokens.hash(table.size(), hasher));
            if (block == PrefixIndex.NONE) {
                break;
            }
            pool.retain(block);
            table.append(block);
        }
        table.committed(table.size());
        return table;
    }

    /** Opens a table over the same blocks as the parent's; whichever of the two writes first to a shared block writes to a copy. */
    public BlockTable fork(BlockTable parent) {
        requireOpen(parent);
        BlockTable child = parent.fork();
        for (int i = 0; i < child.size(); i++) {
            pool.retain(child.block(i));
        }
        tables.add(child);
        return child;
    }

    /** Opens the books of a step, which is issued after all earlier ones. */
    public void beginStep(long step) {
        if (step < planned || step <= completed) {
            throw new IllegalStateException("Step " + step + " begins after step " + planned + " was planned and step "
                    + completed + " completed; steps are numbered upwards");
        }
        planned = step;
    }

    /** How many blocks {@link #reserve} would take for the same positions. */
    public int missing(BlockTable table, int from, int to) {
        return Math.max(0, blocksFor(to) - table.size()) + (mustCopy(table, from) ? 1 : 0);
    }

    /**
     * Makes positions {@code from} up to {@code to} writable by the step begun last: appends blocks, and exchanges a shared block at
     * {@code from} for a copy.
     *
     * @param copies takes the pair to copy before the step runs, if any
     * @return false, and nothing has changed, if there are not enough blocks
     */
    public boolean reserve(BlockTable table, int from, int to, BlockCopies copies) {
        requireOpen(table);
        if (from > table.capacity() || from < table.committed() * blockSize) {
            throw new IllegalArgumentException("Position " + from + " cannot be written next: the table holds "
                    + table.capacity() + " positions, the first " + table.committed() * blockSize + " of them final");
        }
        if (missing(table, from, to) > availableBlocks()) {
            return false;
        }
        if (mustCopy(table, from)) {
            copyOnWrite(table, from / blockSize, copies);
        }
        while (table.capacity() < to) {
            table.append(pool.take());
        }
        table.lastStep(planned);
        return true;
    }

    /** A reference that is leaving belongs to an earlier step or copy, which the device runs first: it does not forbid the write. */
    private boolean mustCopy(BlockTable table, int position) {
        int i = position / blockSize;
        return i < table.size() && pool.references(table.block(i)) - pool.leaving(table.block(i)) > 1;
    }

    private void copyOnWrite(BlockTable table, int i, BlockCopies pairs) {
        int source = table.block(i);
        int destination = pool.take();
        pairs.add(source, destination);
        table.replace(i, destination);
        giveUp(source, planned); // the step names it, so it cannot become a destination of the same step
        copies++;
    }

    /**
     * Notes that a completed step computed the table's first {@code computed} tokens, and indexes the blocks that they fill. A block whose
     * content is indexed already is exchanged for the indexed one; if others hold it too, it and those after it wait for a later commit.
     * To be called before {@link #stepCompleted} of that step; also for a table released meanwhile, whose blocks then stay behind as cached.
     */
    public void commit(BlockTable table, TokenHistory tokens, int computed) {
        if (table.isReleased() && table.lastStep() <= completed) {
            throw new IllegalStateException(
                    "The table's last step " + table.lastStep() + " has completed: its blocks are no longer its own");
        }
        int full = caching ? Math.min(computed, tokens.size()) / blockSize : 0;
        for (int i = table.committed(); i < full; i++) {
            int own = table.block(i);
            BlockHash hash = tokens.hash(i, hasher);
            int known = index.find(hash);
            if (known == PrefixIndex.NONE) {
                index.put(hash, own, i == 0 ? PrefixIndex.NONE : table.block(i - 1));
            } else if (known != own) {
                if (table.isReleased() || pool.references(own) > 1) {
                    return; // another table would keep the old block, and outlive its parent in the index
                }
                pool.retain(known);
                table.replace(i, known);
                giveUp(own, table.lastStep());
                exchanged++;
            }
            table.committed(i + 1);
        }
    }

    /** Ends a table. Its blocks stay held until the last step that names them has completed. */
    public void release(BlockTable table) {
        requireOpen(table);
        table.markReleased();
        tables.remove(table);
        for (int i = table.size() - 1; i >= 0; i--) { // tail first: it is evicted before its parents
            giveUp(table.block(i), table.lastStep());
        }
    }

    private void giveUp(int block, long lastStep) {
        if (lastStep <= completed) {
            pool.drop(block);
        } else {
            pool.leave(block);
            deferred.add(block, lastStep);
        }
    }

    /** Frees what waited for this step. Steps complete in the order of issue. */
    public void stepCompleted(long step) {
        if (step <= completed || step > planned) {
            throw new IllegalStateException("Step " + step + " cannot complete: step " + completed
                    + " completed last, step " + planned + " was planned last");
        }
        completed = step;
        deferred.completed(step, pool);
    }

    private static void requireOpen(BlockTable table) {
        if (table.isReleased()) {
            throw new IllegalStateException("The block table " + table + " has been released already");
        }
    }

    /** @throws IllegalStateException naming the block, unless each block is free, cached or held exactly once, as the tables say */
    public void checkIntegrity() {
        int[] leaving = new int[totalBlocks()];
        deferred.count(leaving);
        for (int block = 0; block < leaving.length; block++) {
            if (leaving[block] != pool.leaving(block)) {
                throw new IllegalStateException("Block " + block + " has " + leaving[block]
                        + " references waiting for a step and counts " + pool.leaving(block));
            }
        }
        int[] references = leaving;
        for (BlockTable table : tables) {
            for (int i = 0; i < table.size(); i++) {
                references[table.block(i)]++;
                if (caching && i < table.committed() && !index.contains(table.block(i))) {
                    throw new IllegalStateException(
                            "Block " + table.block(i) + " is committed in table " + table + " and not indexed");
                }
            }
        }
        pool.checkIntegrity(references);
        index.checkIntegrity();
    }
}
