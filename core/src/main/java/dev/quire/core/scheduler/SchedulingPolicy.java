package dev.quire.core.scheduler;

/** Who goes first. */
public enum SchedulingPolicy {
    /** First come, first served. */
    FCFS,
    /** Lower priority values first, equal ones as they came. */
    PRIORITY
}
