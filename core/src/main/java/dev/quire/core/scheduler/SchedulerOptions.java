package dev.quire.core.scheduler;

import java.util.Objects;

/**
 * The limits of a step and the policy.
 *
 * @param maxNumSeqs sequences running at once
 * @param maxNumBatchedTokens tokens computed in one step; at least {@code maxNumSeqs}, so that no decode crowds out every prefill
 * @param maxLogitRows rows of logits made in one step; at least {@code maxNumSeqs}. Prompt log probabilities want a row per prompt token
 *     and are spread over chunks that fit
 * @param policy who goes first
 * @param watermark the share of blocks that an admission leaves available for those who run, from 0 to less than 1
 */
public record SchedulerOptions(
        int maxNumSeqs, int maxNumBatchedTokens, int maxLogitRows, SchedulingPolicy policy, double watermark) {

    /** 128 sequences, 2048 tokens and 1024 rows of logits in a step, first come first served, 1% of the blocks left. */
    public static SchedulerOptions defaults() {
        return new SchedulerOptions(128, 2048, 1024, SchedulingPolicy.FCFS, 0.01);
    }

    public SchedulerOptions {
        Objects.requireNonNull(policy, "policy");
        if (maxNumSeqs < 1) {
            throw new IllegalArgumentException("max-num-seqs is " + maxNumSeqs + " and must be at least 1");
        }
        requireRoomForDecodes("max-num-batched-tokens", maxNumBatchedTokens, maxNumSeqs);
        requireRoomForDecodes("max-logit-rows", maxLogitRows, maxNumSeqs);
        if (!(watermark >= 0 && watermark < 1)) {
            throw new IllegalArgumentException("The watermark is " + watermark + " and must be from 0 to less than 1");
        }
    }

    private static void requireRoomForDecodes(String name, int value, int maxNumSeqs) {
        if (value < maxNumSeqs) {
            throw new IllegalArgumentException(
                    name + " is " + value + " and must be at least max-num-seqs, " + maxNumSeqs
                            + ", so that each running sequence can take part in a step; raise it or lower max-num-seqs");
        }
    }
}
