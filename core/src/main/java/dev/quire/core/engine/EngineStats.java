package dev.quire.core.engine;

/**
 * A consistent snapshot of an engine; counters only rise.
 *
 * @param running sequences that hold blocks
 * @param waiting sequences that wait for admission
 * @param queued requests of which no token has been scheduled yet
 * @param totalBlocks blocks of the KV cache
 * @param heldBlocks blocks that sequences hold
 * @param cachedBlocks blocks that only the prefix cache keeps
 * @param heldTokens tokens in held blocks; with {@code heldBlocks} it gives the memory wasted
 * @param prefixQueries prompt tokens looked up in the prefix cache
 * @param prefixHits prompt tokens found there
 * @param preemptions sequences that had to give their blocks back
 * @param blockCopies blocks copied on write
 * @param promptTokens prompt tokens computed
 * @param generatedTokens tokens generated
 * @param steps steps run
 * @param waitedNanos nanoseconds that the engine thread has waited for the backend since the start
 * @param allocatedBytes bytes that the engine thread has allocated on the heap since the start; 0 where the JVM does not count them
 */
public record EngineStats(
        int running,
        int waiting,
        int queued,
        int totalBlocks,
        int heldBlocks,
        int cachedBlocks,
        long heldTokens,
        long prefixQueries,
        long prefixHits,
        long preemptions,
        long blockCopies,
        long promptTokens,
        long generatedTokens,
        long steps,
        long waitedNanos,
        long allocatedBytes) {}
