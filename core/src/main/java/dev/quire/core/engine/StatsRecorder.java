package dev.quire.core.engine;

import dev.quire.core.scheduler.SchedulerCounters;
import java.util.Collection;

/** Publishes snapshots of the engine thread's books for other threads. */
final class StatsRecorder {
    private final SchedulerParts parts;
    private final Inbox inbox;
    private long generated;
    private long waitedNanos;
    private volatile EngineStats latest;

    StatsRecorder(SchedulerParts parts, Inbox inbox) {
        this.parts = parts;
        this.inbox = inbox;
        record(java.util.List.of());
    }

    EngineStats latest() {
        return latest;
    }

    /** Notes tokens that were delivered. */
    void generated(int tokens) {
        generated += tokens;
    }

    /** Notes time that passed until a step had ended. */
    void waited(long nanos) {
        waitedNanos += nanos;
    }

    /** Takes a snapshot; called by the engine thread. */
    void record(Collection<Choice> choices) {
        SchedulerCounters counters = parts.scheduler().counters();
        long heldTokens = 0;
        for (Choice choice : choices) {
            heldTokens += choice.sequence.scheduled();
        }
        latest = new EngineStats(
                parts.scheduler().running(),
                parts.scheduler().waiting(),
                inbox.waiting(),
                parts.blocks().totalBlocks(),
                parts.blocks().heldBlocks(),
                parts.blocks().cachedBlocks(),
                heldTokens,
                counters.prefixQueryTokens(),
                counters.prefixHitTokens(),
                counters.preemptions(),
                counters.copies(),
                counters.promptTokensComputed(),
                generated,
                counters.steps(),
                waitedNanos);
    }
}
