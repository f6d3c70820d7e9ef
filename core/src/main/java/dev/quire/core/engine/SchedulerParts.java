package dev.quire.core.engine;

import dev.quire.core.cache.BlockManager;
import dev.quire.core.scheduler.Scheduler;

/** A scheduler and the blocks that it plans with. */
public record SchedulerParts(Scheduler scheduler, BlockManager blocks) {}
