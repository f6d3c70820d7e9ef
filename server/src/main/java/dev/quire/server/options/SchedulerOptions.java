package dev.quire.server.options;

import dev.quire.core.engine.EngineOptions.Policy;
import java.util.List;

/**
 * Who runs next, and how much at once.
 *
 * @param maxNumSeqs sequences that run at once
 * @param maxNumBatchedTokens tokens of one step
 * @param maxQueuedRequests requests that may wait; more are answered with 429
 * @param policy who runs next
 */
public record SchedulerOptions(int maxNumSeqs, int maxNumBatchedTokens, int maxQueuedRequests, Policy policy) {
    static final Option<Integer> MAX_NUM_SEQS = Option.of(
                    "max-num-seqs", OptionType.INTEGER, "Sequences that run at once.")
            .defaults("128")
            .require(count -> count > 0, "at least 1");
    static final Option<Integer> MAX_NUM_BATCHED_TOKENS = Option.of(
                    "max-num-batched-tokens",
                    OptionType.TOKENS,
                    "Tokens of one step, prompts and answers together. Longer prompts are computed in chunks of this"
                            + " size.")
            .defaults("2048")
            .require(count -> count > 0, "at least 1");
    static final Option<Integer> MAX_NUM_QUEUED_REQS = Option.of(
                    "max-num-queued-reqs",
                    OptionType.INTEGER,
                    "Requests that may wait for admission. More are answered with status 429 and Retry-After.")
            .defaults("1024")
            .require(count -> count > 0, "at least 1");
    static final Option<Policy> SCHEDULING_POLICY = Option.of(
                    "scheduling-policy",
                    OptionType.choice(Policy.class),
                    "`fcfs`: first come, first served. `priority`: lower values of the request's `priority` first.")
            .defaults("fcfs");
    static final Option<Boolean> ENABLE_CHUNKED_PREFILL = Option.of(
                    "enable-chunked-prefill",
                    OptionType.SWITCH,
                    "Long prompts are computed in chunks, so that running answers do not stall. Always on; `false` is"
                            + " refused.")
            .defaults("true")
            .require(enabled -> enabled, "true, or leave it out: every step mixes prompt chunks with running answers");

    static final List<Option<?>> OPTIONS = List.of(
            MAX_NUM_SEQS, MAX_NUM_BATCHED_TOKENS, MAX_NUM_QUEUED_REQS, SCHEDULING_POLICY, ENABLE_CHUNKED_PREFILL);

    public SchedulerOptions {
        if (maxNumBatchedTokens < maxNumSeqs) {
            throw new OptionException(
                    ("max-num-batched-tokens is %d, less than max-num-seqs, which is %d: each running sequence needs a"
                                    + " token in every step. Raise the first or lower the second.")
                            .formatted(maxNumBatchedTokens, maxNumSeqs));
        }
    }

    static SchedulerOptions of(OptionValues values) {
        values.get(ENABLE_CHUNKED_PREFILL);
        return new SchedulerOptions(
                values.get(MAX_NUM_SEQS),
                values.get(MAX_NUM_BATCHED_TOKENS),
                values.get(MAX_NUM_QUEUED_REQS),
                values.get(SCHEDULING_POLICY));
    }
}
