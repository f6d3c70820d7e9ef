package dev.quire.bench;

import dev.quire.core.cache.BlockCopies;
import dev.quire.core.cache.BlockManager;
import dev.quire.core.cache.BlockTable;
import dev.quire.core.cache.PrefixCaching;
import dev.quire.core.cache.PrefixSalt;
import dev.quire.core.cache.TokenHistory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** A prompt of 1024 tokens gets its blocks, has them indexed and gives them back. */
public class BlockManagerBenchmark extends HotPath {
    private static final int BLOCK = 16;
    private static final int BLOCKS = 4096;
    private static final int TOKENS = 1024;

    /** What earlier prompts left. */
    public enum Prompt {
        /** Nothing: every prompt begins with a token of its own, and evicts another's blocks. */
        NEW,
        /** All blocks but the last. */
        REPEATED
    }

    /** What earlier prompts left. */
    @Param
    public Prompt prompt;

    private final int[] tokens = new int[TOKENS];
    private BlockManager blocks;
    private long step;

    @Setup
    public void open() {
        blocks = new BlockManager(BLOCKS, BLOCK, PrefixCaching.ON);
    }

    @Benchmark
    public int admit() {
        tokens[0] = prompt == Prompt.NEW ? (int) step : 0;
        TokenHistory history = new TokenHistory(tokens, PrefixSalt.NONE);
        BlockTable table = blocks.open(history, TOKENS);
        int found = table.capacity();
        blocks.beginStep(step);
        if (!blocks.reserve(table, found, TOKENS, new BlockCopies())) {
            throw new IllegalStateException("a prompt of %d tokens found no blocks".formatted(TOKENS));
        }
        blocks.commit(table, history, TOKENS);
        blocks.release(table);
        blocks.stepCompleted(step++);
        return found;
    }
}
