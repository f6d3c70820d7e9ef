package dev.quire.core.model;

import dev.quire.api.step.Ticket;
import dev.quire.core.scheduler.StepPlan;

/**
 * An issued step.
 *
 * @param plan what it computes
 * @param sampling its last part; when it has completed, so has everything before it
 * @param rows what it chooses, readable once {@code sampling} has completed
 */
public record StepInFlight(StepPlan plan, Ticket sampling, SampledRows rows) {}
