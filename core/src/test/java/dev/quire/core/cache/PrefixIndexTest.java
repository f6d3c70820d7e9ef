package dev.quire.core.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.quire.core.testing.Histories;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PrefixIndexTest {
    @Test
    void itAnswersLikeAHashMapAlsoWhenHashesCollide() {
        Histories.run(500, seed -> {
            var random = new Random(seed);
            int blocks = 1 + random.nextInt(40);
            var index = new PrefixIndex(blocks);
            Map<BlockHash, Integer> twin = new HashMap<>();
            Map<Integer, BlockHash> hashOf = new HashMap<>();
            for (int i = 0; i < 300; i++) {
                int block = random.nextInt(blocks);
                // Few home slots, near the end of the table too, so that probe sequences overlap and wrap around.
                var hash = new BlockHash(random.nextInt(4) - 2, random.nextInt(12), 0, 0);
                if (hashOf.containsKey(block)) {
                    index.remove(block);
                    twin.remove(hashOf.remove(block));
                } else if (!twin.containsKey(hash)) {
                    index.put(hash, block, PrefixIndex.NONE);
                    twin.put(hash, block);
                    hashOf.put(block, hash);
                }
                assertEquals(twin.getOrDefault(hash, PrefixIndex.NONE), index.find(hash));
                assertEquals(twin.size(), index.size());
                index.checkIntegrity();
            }
        });
    }

    @Test
    void aBlockBeforeItsParentIsRefused() {
        var index = new PrefixIndex(2);
        assertThrows(IllegalStateException.class, () -> index.put(new BlockHash(1, 2, 3, 4), 1, 0));
    }
}
