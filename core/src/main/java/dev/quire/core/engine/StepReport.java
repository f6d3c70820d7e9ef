package dev.quire.core.engine;

/**
 * One completed step, for metrics.
 *
 * @param tokens tokens computed
 * @param sequences sequences that took part
 * @param nanos from issue to completion
 */
public record StepReport(int tokens, int sequences, long nanos) {}
