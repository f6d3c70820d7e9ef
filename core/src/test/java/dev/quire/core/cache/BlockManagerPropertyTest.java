package dev.quire.core.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.core.testing.Histories;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Tables open, fork, grow, branch and end at random; the books are checked after every call, and contents against the tokens. */
class BlockManagerPropertyTest {
    /** A table, its tokens, and how many of them its blocks hold. */
    private static final class Holder {
        final TokenHistory tokens;
        final BlockTable table;
        int written;

        Holder(TokenHistory tokens, BlockTable table, int written) {
            this.tokens = tokens;
            this.table = table;
            this.written = written;
        }
    }

    @Test
    void everyBlockIsFreeCachedOrHeldAndSaysWhatItsTableWrote() {
        int[] seen = new int[3];
        Histories.run(2000, seed -> history(new Random(seed), seen));
        assertTrue(
                !Histories.all() || seen[0] > 1000 && seen[1] > 1000 && seen[2] > 1000,
                "copies, hits or exchanges are rare");
    }

    private static void history(Random random, int[] seen) {
        int blockSize = 1 << random.nextInt(3);
        var blocks = new BlockManager(2 + random.nextInt(20), blockSize, PrefixCaching.ON);
        Map<Integer, Integer> slots = new HashMap<>();
        List<Holder> open = new ArrayList<>();
        for (long step = 0; step < 60; step++) {
            blocks.beginStep(step);
            var copies = new BlockCopies();
            if (random.nextInt(2) == 0) {
                var tokens = new TokenHistory(new int[] {random.nextInt(2)}, PrefixSalt.NONE);
                for (int i = random.nextInt(12); i > 0; i--) {
                    tokens.append(random.nextInt(2));
                }
                BlockTable table = blocks.open(tokens, tokens.size());
                open.add(new Holder(tokens, table, table.capacity()));
                seen[1] += table.size();
            }
            if (!open.isEmpty() && random.nextInt(3) == 0) {
                Holder parent = open.get(random.nextInt(open.size()));
                open.add(new Holder(parent.tokens.fork(), blocks.fork(parent.table), parent.written));
            }
            var wrote = new ArrayList<Holder>();
            for (Holder holder : open) {
                if (random.nextBoolean() && grow(blocks, holder, copies, random)) {
                    wrote.add(holder);
                }
            }
            blocks.checkIntegrity();
            execute(copies, wrote, slots, blockSize);
            seen[0] += copies.size();
            for (Holder holder : wrote) {
                blocks.commit(holder.table, holder.tokens, holder.tokens.size());
            }
            if (!open.isEmpty() && random.nextInt(3) == 0) {
                blocks.release(open.remove(random.nextInt(open.size())).table);
            }
            blocks.checkIntegrity();
            blocks.stepCompleted(step);
            blocks.checkIntegrity();
            for (int block = 0; block < blocks.totalBlocks(); block++) {
                if (blocks.stateOf(block) == BlockState.FREE) {
                    forget(slots, block, blockSize);
                }
            }
        }
        open.forEach(holder -> blocks.release(holder.table));
        blocks.checkIntegrity();
        assertEquals(0, blocks.heldBlocks());
        seen[2] += (int) blocks.exchanged();
    }

    private static boolean grow(BlockManager blocks, Holder holder, BlockCopies copies, Random random) {
        if (holder.written == holder.tokens.size()) {
            for (int i = random.nextInt(3); i >= 0; i--) {
                holder.tokens.append(random.nextInt(2));
            }
        }
        return blocks.reserve(holder.table, holder.written, holder.tokens.size(), copies);
    }

    /** Copies, then writes each holder's missing tokens, then reads everything back through its table. */
    private static void execute(BlockCopies copies, List<Holder> wrote, Map<Integer, Integer> slots, int blockSize) {
        for (int i = 0; i < copies.size(); i++) {
            for (int j = 0; j < blockSize; j++) {
                Integer value = slots.get(copies.source(i) * blockSize + j);
                if (value != null) {
                    slots.put(copies.destination(i) * blockSize + j, value);
                }
            }
        }
        for (Holder holder : wrote) {
            for (; holder.written < holder.tokens.size(); holder.written++) {
                slots.put(holder.table.slot(holder.written), holder.tokens.get(holder.written));
            }
        }
        for (Holder holder : wrote) {
            for (int p = 0; p < holder.tokens.size(); p++) {
                assertEquals(holder.tokens.get(p), slots.get(holder.table.slot(p)), "token at position " + p);
            }
        }
    }

    private static void forget(Map<Integer, Integer> slots, int block, int blockSize) {
        for (int j = 0; j < blockSize; j++) {
            slots.remove(block * blockSize + j);
        }
    }
}
