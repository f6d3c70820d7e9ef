package dev.quire.core.scheduler;

/** The scheduler's counters while they count. */
final class Tally {
    private long steps;
    private long preemptions;
    private long prefixQueryTokens;
    private long prefixHitTokens;
    private long promptTokensComputed;
    private long recomputedTokens;
    private long forks;

    void planned() {
        steps++;
    }

    void preempted() {
        preemptions++;
    }

    void forked() {
        forks++;
    }

    void admitted(int queried, int hit) {
        prefixQueryTokens += queried;
        prefixHitTokens += hit;
    }

    /** The sequence's next {@code count} tokens are planned. */
    void scheduled(Sequence sequence, int count) {
        int first = sequence.scheduled;
        promptTokensComputed += Math.max(0, Math.min(first + count, sequence.promptLength()) - first);
        recomputedTokens += Math.max(0, Math.min(first + count, sequence.reached) - first);
        sequence.reached = Math.max(sequence.reached, first + count);
    }

    SchedulerCounters read(long copies) {
        return new SchedulerCounters(
                steps,
                preemptions,
                prefixQueryTokens,
                prefixHitTokens,
                promptTokensComputed,
                recomputedTokens,
                forks,
                copies);
    }
}
