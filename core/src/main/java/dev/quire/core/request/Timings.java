package dev.quire.core.request;

/**
 * Moments of a request, from {@link System#nanoTime}.
 *
 * @param arrived handed to the engine
 * @param scheduled first planned into a step
 * @param firstToken first token delivered
 * @param finished last token delivered
 */
public record Timings(long arrived, long scheduled, long firstToken, long finished) {}
