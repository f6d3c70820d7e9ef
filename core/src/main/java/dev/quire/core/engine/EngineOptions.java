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

    /** A builder with the values of {@link #DEFAULT}. */
    public static Builder builder() {
        return DEFAULT.toBuilder();
    }

    /** A builder with these values. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Builds {@link EngineOptions}; values are checked by {@link #build}. */
    public static final class Builder {
        private OptionalInt maxModelLen;
        private int maxNumSeqs;
        private int maxNumBatchedTokens;
        private int maxLogitRows;
        private int maxQueuedRequests;
        private int blockSize;
        private OptionalInt blocks;
        private OptionalLong kvCacheBytes;
        private boolean prefixCaching;
        private Policy policy;
        private long seed;
        private Numerics numerics;

        private Builder(EngineOptions from) {
            maxModelLen = from.maxModelLen;
            maxNumSeqs = from.maxNumSeqs;
            maxNumBatchedTokens = from.maxNumBatchedTokens;
            maxLogitRows = from.maxLogitRows;
            maxQueuedRequests = from.maxQueuedRequests;
            blockSize = from.blockSize;
            blocks = from.blocks;
            kvCacheBytes = from.kvCacheBytes;
            prefixCaching = from.prefixCaching;
            policy = from.policy;
            seed = from.seed;
            numerics = from.numerics;
        }

        public Builder maxModelLen(int value) {
            maxModelLen = OptionalInt.of(value);
            return this;
        }

        public Builder maxNumSeqs(int value) {
            maxNumSeqs = value;
            return this;
        }

        public Builder maxNumBatchedTokens(int value) {
            maxNumBatchedTokens = value;
            return this;
        }

        public Builder maxLogitRows(int value) {
            maxLogitRows = value;
            return this;
        }

        public Builder maxQueuedRequests(int value) {
            maxQueuedRequests = value;
            return this;
        }

        public Builder blockSize(int value) {
            blockSize = value;
            return this;
        }

        public Builder blocks(int value) {
            blocks = OptionalInt.of(value);
            return this;
        }

        public Builder kvCacheBytes(long value) {
            kvCacheBytes = OptionalLong.of(value);
            return this;
        }

        public Builder prefixCaching(boolean value) {
            prefixCaching = value;
            return this;
        }

        public Builder policy(Policy value) {
            policy = value;
            return this;
        }

        public Builder seed(long value) {
            seed = value;
            return this;
        }

        public Builder numerics(Numerics value) {
            numerics = value;
            return this;
        }

        /** @throws IllegalArgumentException naming the value, if one is out of range */
        public EngineOptions build() {
            return new EngineOptions(
                    maxModelLen,
                    maxNumSeqs,
                    maxNumBatchedTokens,
                    maxLogitRows,
                    maxQueuedRequests,
                    blockSize,
                    blocks,
                    kvCacheBytes,
                    prefixCaching,
                    policy,
                    seed,
                    numerics);
        }
    }
}
