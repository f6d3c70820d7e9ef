package dev.quire.api.step;

/**
 * What is known of a completed step besides the buffers that it filled.
 *
 * @param nanos time that the device spent on it
 */
public record StepResult(long nanos) {}
