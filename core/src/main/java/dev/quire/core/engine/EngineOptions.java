package dev.quire.core.engine;

import dev.quire.api.types.Numerics;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How an engine schedules and what it may use. Names follow vLLM's flags.
 *
 * @param maxModelLen longest sequence in tokens; absent for the model's own
 * @param maxNumSeqs sequences that run at once
 * @param maxNumBatchedTokens tokens of one step
 * @param maxLogitRows rows of one step whose logits are computed
 * @param maxQueuedRequests requests that may wait; more are refused
 * @param blockSize tokens of a KV block
 * @param blocks KV blocks; absent to fill {@code kvCacheBytes}
 * @param kvCacheBytes memory for the KV cache; absent for a share of what the device reports
 * @param prefixCaching whether full blocks are kept for later prompts
 * @param policy who runs next
 * @param seed draws the seeds of requests that bring none
 * @param numerics FAST or REPRODUCIBLE
 */
public record EngineOptions(
        OptionalInt maxModelLen,
        int maxNumSeqs,
        int maxNumBatchedTokens,
        int maxLogitRows,
        int maxQueuedRequests,
        int blockSize,
        OptionalInt blocks,
        OptionalLong kvCacheBytes,
        boolean prefixCaching,
        Policy policy,
        long seed,
        Numerics numerics) {
    /** Who runs next. */
    public enum Policy {
        /** First come, first served. */
        FCFS,
        /** Lower priority values first, then first come. */
        PRIORITY
    }

    /** 128 sequences, 2048 tokens a step, 256 logit rows, 1024 waiting requests, blocks of 16, prefix cache on, FCFS, FAST. */
    public static final EngineOptions DEFAULT = new EngineOptions(
            OptionalInt.empty(),
            128,
            2048,
            256,
            1024,
            16,
            OptionalInt.empty(),
            OptionalLong.empty(),
            true,
            Policy.FCFS,
            0,
            Numerics.FAST);

    public EngineOptions {
        atLeastOne("max-num-seqs", maxNumSeqs);
        atLeastOne("max-num-batched-tokens", maxNumBatchedTokens);
        atLeastOne("max-logit-rows", maxLogitRows);
        atLeastOne("max-num-queued-reqs", maxQueuedRequests);
        atLeastOne("block-size", blockSize);
        maxModelLen.ifPresent(value -> atLeastOne("max-model-len", value));
        blocks.ifPresent(value -> atLeastOne("num-gpu-blocks-override", value));
    }

    private static void atLeastOne(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("%s must be at least 1, got %d".formatted(name, value));
        }
    }
}
