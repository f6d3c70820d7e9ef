package dev.quire.bench;

import dev.quire.core.cache.BlockManager;
import dev.quire.core.cache.PrefixCaching;
import dev.quire.core.cache.PrefixSalt;
import dev.quire.core.scheduler.Scheduler;
import dev.quire.core.scheduler.SchedulerOptions;
import dev.quire.core.scheduler.SequenceOptions;
import dev.quire.core.scheduler.StepPlan;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** A step is planned and completed. Sequences of 16 prompt tokens run to 512 tokens; the next ones come when all have ended. */
public class SchedulerBenchmark extends HotPath {
    private static final int PROMPT = 16;
    private static final int LENGTH = 512;
    private static final int BLOCK = 16;

    /** Sequences that run. */
    @Param({"1", "16", "128"})
    public int sequences;

    private Scheduler scheduler;
    private int begun;

    @Setup
    public void open() {
        BlockManager blocks = new BlockManager(sequences * (LENGTH / BLOCK + 1) * 2, BLOCK, PrefixCaching.ON);
        scheduler = new Scheduler(SchedulerOptions.defaults(), blocks);
    }

    @Benchmark
    public int step() {
        if (scheduler.isIdle()) {
            begin();
        }
        StepPlan plan = scheduler.plan();
        scheduler.complete(plan, new int[plan.samples().size()]);
        return plan.tokens();
    }

    private void begin() {
        for (int i = 0; i < sequences; i++) {
            int[] prompt = new int[PROMPT];
            prompt[0] = begun++;
            scheduler.add("request " + i, prompt, PrefixSalt.NONE, 1, SequenceOptions.ofLength(LENGTH));
        }
    }
}
