package dev.quire.core.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BlockManagerTest {
    private final BlockManager blocks = new BlockManager(8, 4, PrefixCaching.ON);
    private final BlockCopies copies = new BlockCopies();
    private long step;

    @AfterEach
    void theBooksBalance() {
        blocks.checkIntegrity();
    }

    @Test
    void aBlockIsFoundOnlyAfterTheStepThatFilledItCompleted() {
        TokenHistory tokens = tokens(9);
        BlockTable table = blocks.open(tokens, 9);
        begin();
        assertTrue(blocks.reserve(table, 0, 9, copies));
        assertEquals(0, found(tokens), "while the step is in flight");
        complete(table, tokens, 9);
        assertEquals(8, found(tokens), "when it has completed");
    }

    @Test
    void aLookupLeavesTheLastTokenToCompute() {
        TokenHistory tokens = computed(8);
        assertEquals(4, found(tokens));
        tokens.append(1);
        assertEquals(8, found(tokens));
    }

    @Test
    void aLookupStopsAtItsLimit() {
        TokenHistory tokens = computed(9);
        BlockTable table = blocks.open(tokens, 7);
        assertEquals(4, table.capacity());
        blocks.release(table);
    }

    @Test
    void promptsWithDifferentSaltsShareNothing() {
        computed(9);
        assertEquals(8, found(new TokenHistory(ids(9), PrefixSalt.NONE)));
        assertEquals(0, found(new TokenHistory(ids(9), new PrefixSalt(new byte[] {1}))));
    }

    @Test
    void aSaltOfPartsKeepsThemApart() {
        assertNotEquals(
                PrefixSalt.of(List.of(new byte[] {1, 2}, new byte[] {3})),
                PrefixSalt.of(List.of(new byte[] {1}, new byte[] {2, 3})));
    }

    @Test
    void aBlockIsFoundOnlyAfterTheSameBlocks() {
        computed(9);
        int[] other = ids(9);
        other[0] = 77;
        assertEquals(0, found(new TokenHistory(other, PrefixSalt.NONE)), "the second block alone is equal");
    }

    @Test
    void withPrefixCachingOffNothingIsFoundOrKept() {
        var plain = new BlockManager(8, 4, PrefixCaching.OFF);
        TokenHistory tokens = tokens(9);
        BlockTable table = plain.open(tokens, 9);
        plain.beginStep(0);
        assertTrue(plain.reserve(table, 0, 9, copies));
        plain.commit(table, tokens, 9);
        plain.stepCompleted(0);
        plain.release(table);
        assertEquals(8, plain.freeBlocks());
        plain.checkIntegrity();
    }

    @Test
    void evictionTakesTheTailOfTheLeastRecentlyUsedChainFirst() {
        TokenHistory old = computed(9);
        TokenHistory recent = computedFrom(100, 9);
        assertEquals(4, blocks.cachedBlocks());
        take(5); // four are free
        assertEquals(4, found(old), "its tail is gone");
        assertEquals(8, found(recent));
    }

    @Test
    void usingAPrefixMakesItRecent() {
        TokenHistory first = computed(9);
        TokenHistory second = computedFrom(100, 9);
        found(first);
        take(6);
        assertEquals(8, found(first));
        assertEquals(0, found(second));
    }

    @Test
    void evictionNeverFreesAHeldBlock() {
        TokenHistory tokens = computed(9);
        BlockTable holder = blocks.open(tokens, 9);
        BlockTable greedy = blocks.open(tokensFrom(100, 40), 0);
        begin();
        assertFalse(blocks.reserve(greedy, 0, 28, copies), "seven blocks, and six are not held");
        assertTrue(blocks.reserve(greedy, 0, 24, copies));
        assertEquals(8, blocks.heldBlocks());
        assertEquals(BlockState.HELD, blocks.stateOf(holder.block(0)));
    }

    @Test
    void theFirstWriterToASharedBlockCopiesAndTheLastWritesInPlace() {
        TokenHistory tokens = tokens(6);
        BlockTable first = blocks.open(tokens, 6);
        begin();
        assertTrue(blocks.reserve(first, 0, 6, copies));
        BlockTable second = blocks.fork(first);
        BlockTable third = blocks.fork(first);
        complete(first, tokens, 6);

        begin();
        int shared = first.block(1);
        assertEquals(1, blocks.missing(second, 6, 7));
        assertTrue(blocks.reserve(second, 6, 7, copies) && blocks.reserve(third, 6, 7, copies));
        assertTrue(blocks.reserve(first, 6, 7, copies));
        assertEquals(2, copies.size());
        assertEquals(shared, copies.source(0));
        assertEquals(second.block(1), copies.destination(0));
        assertEquals(third.block(1), copies.destination(1));
        assertEquals(shared, first.block(1), "the last one writes in place");
        assertEquals(first.block(0), second.block(0), "full blocks stay shared");
    }

    @Test
    void aForkOfFullBlocksCopiesNothing() {
        BlockTable first = blocks.open(tokens(8), 0);
        begin();
        assertTrue(blocks.reserve(first, 0, 8, copies));
        BlockTable second = blocks.fork(first);
        assertTrue(blocks.reserve(second, 8, 9, copies));
        assertTrue(copies.isEmpty());
    }

    @Test
    void blocksOfAStepInFlightStayHeldUntilItCompletes() {
        BlockTable table = blocks.open(tokens(6), 0);
        begin();
        assertTrue(blocks.reserve(table, 0, 6, copies));
        blocks.release(table);
        assertEquals(2, blocks.heldBlocks());
        assertEquals(2, blocks.arrivingBlocks());
        blocks.stepCompleted(step);
        assertEquals(8, blocks.freeBlocks());
    }

    @Test
    void aTableReleasedInFlightStillLeavesItsBlocksInTheCache() {
        TokenHistory tokens = tokens(9);
        BlockTable table = blocks.open(tokens, 9);
        begin();
        assertTrue(blocks.reserve(table, 0, 9, copies));
        blocks.release(table);
        complete(table, tokens, 9);
        assertEquals(8, found(tokens));
    }

    @Test
    void equalBlocksComputedTwiceBecomeOne() {
        TokenHistory tokens = tokens(9);
        BlockTable first = blocks.open(tokens, 9);
        BlockTable second = blocks.open(tokens, 9);
        begin();
        assertTrue(blocks.reserve(first, 0, 9, copies) && blocks.reserve(second, 0, 9, copies));
        blocks.commit(first, tokens, 9);
        blocks.commit(second, tokens, 9);
        assertEquals(6, blocks.heldBlocks(), "the step in flight names them");
        blocks.stepCompleted(step);
        assertEquals(4, blocks.heldBlocks());
        assertEquals(first.block(1), second.block(1));
        assertEquals(2, blocks.exchanged());
    }

    @Test
    void aTableIsReleasedOnce() {
        BlockTable table = blocks.open(tokens(3), 0);
        blocks.release(table);
        var refused = assertThrows(IllegalStateException.class, () -> blocks.release(table));
        assertTrue(refused.getMessage().contains("released already"));
    }

    @Test
    void aStepCompletesOnceAndInOrder() {
        begin();
        blocks.stepCompleted(step);
        assertThrows(IllegalStateException.class, () -> blocks.stepCompleted(step));
        assertThrows(IllegalStateException.class, () -> blocks.stepCompleted(step + 1));
    }

    @Test
    void aFinalBlockIsNotWrittenAgain() {
        TokenHistory tokens = computed(9);
        BlockTable table = blocks.open(tokens, 9);
        begin();
        assertThrows(IllegalArgumentException.class, () -> blocks.reserve(table, 7, 9, copies));
    }

    @Test
    void aBlockSizeThatIsNoPowerOfTwoIsRefused() {
        var refused = assertThrows(IllegalArgumentException.class, () -> new BlockManager(8, 12, PrefixCaching.ON));
        assertTrue(refused.getMessage().contains("12") && refused.getMessage().contains("16"));
    }

    private void begin() {
        blocks.beginStep(++step);
    }

    private void complete(BlockTable table, TokenHistory tokens, int count) {
        blocks.commit(table, tokens, count);
        blocks.stepCompleted(step);
    }

    /** Computes a prompt to the end and lets it go. */
    private TokenHistory computed(int length) {
        return computedFrom(0, length);
    }

    private TokenHistory computedFrom(int firstId, int length) {
        TokenHistory tokens = tokensFrom(firstId, length);
        BlockTable table = blocks.open(tokens, length);
        begin();
        assertTrue(blocks.reserve(table, table.capacity(), length, copies));
        complete(table, tokens, length);
        blocks.release(table);
        return tokens;
    }

    /** Takes this many blocks for something else, and gives them back with no content. */
    private void take(int count) {
        BlockTable table = blocks.open(tokensFrom(1000, 1), 0);
        begin();
        assertTrue(blocks.reserve(table, 0, 4 * count, copies));
        blocks.stepCompleted(step);
        blocks.release(table);
    }

    private int found(TokenHistory tokens) {
        BlockTable table = blocks.open(tokens, tokens.size());
        int found = table.capacity();
        blocks.release(table);
        return found;
    }

    private static TokenHistory tokens(int length) {
        return tokensFrom(0, length);
    }

    private static TokenHistory tokensFrom(int firstId, int length) {
        return new TokenHistory(IntStream.range(firstId, firstId + length).toArray(), PrefixSalt.NONE);
    }

    private static int[] ids(int length) {
        return IntStream.range(0, length).toArray();
    }
}
