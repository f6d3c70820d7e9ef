package dev.quire.core.llm;

import dev.quire.core.engine.StepReport;

/** Told of what happens beside requests. Every method does nothing unless overridden; none may block. */
public interface LlmListener {
    /** Hears nothing. */
    LlmListener NONE = new LlmListener() {};

    /** A sentence that an operator should read; on the loading thread. */
    default void notice(String sentence) {}

    /** {@code loaded} of {@code total} bytes of weights are on the device; on the loading thread. */
    default void weightsLoaded(long loaded, long total) {}

    /** A step has completed; on the engine thread. */
    default void stepCompleted(StepReport report) {}
}
