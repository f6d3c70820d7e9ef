package dev.quire.core.scheduler;

/**
 * What happened since the scheduler was made; every count only grows.
 *
 * @param steps steps planned, empty ones not counted
 * @param preemptions sequences whose blocks were taken to be computed again later
 * @param prefixQueryTokens tokens looked up in the prefix cache by admitted sequences, those admitted again included
 * @param prefixHitTokens tokens of these that were found
 * @param promptTokensComputed prompt tokens planned, those computed again included
 * @param recomputedTokens tokens of prompt or output planned for at least the second time
 * @param forks block tables forked for further choices of a request
 * @param copies blocks copied on write
 */
public record SchedulerCounters(
        long steps,
        long preemptions,
        long prefixQueryTokens,
        long prefixHitTokens,
        long promptTokensComputed,
        long recomputedTokens,
        long forks,
        long copies) {}
