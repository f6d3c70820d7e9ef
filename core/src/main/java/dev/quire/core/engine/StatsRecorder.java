package dev.quire.core.engine;

import com.sun.management.ThreadMXBean;
import dev.quire.core.scheduler.SchedulerCounters;
import java.lang.management.ManagementFactory;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Publishes snapshots of the engine thread's books for other threads. */
final class StatsRecorder {
    private final Optional<ThreadMXBean> threads = Optional.of(ManagementFactory.getThreadMXBean())
            .filter(ThreadMXBean.class::isInstance)
            .map(ThreadMXBean.class::cast)
            .filter(bean -> bean.isThreadAllocatedMemorySupported() && bean.isThreadAllocatedMemoryEnabled());
    private final SchedulerParts parts;
    private final Inbox inbox;
    private long generated;
    private long waitedNanos;
    private volatile EngineStats latest;

    StatsRecorder(SchedulerParts parts, Inbox inbox) {
        this.parts = parts;
        this.inbox = inbox;
        this.latest = snapshot(List.of(), 0);
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
        latest = snapshot(
                choices,
                threads.map(ThreadMXBean::getCurrentThreadAllocatedBytes).orElse(0L));
    }

    private EngineStats snapshot(Collection<Choice> choices, long allocatedBytes) {
        SchedulerCounters counters = parts.scheduler().counters();
        long heldTokens = 0;
        for (Choice choice : choices) {
            heldTokens += choice.sequence.scheduled();
        }
        return new EngineStats(
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
                waitedNanos,
                allocatedBytes);
    }
}
