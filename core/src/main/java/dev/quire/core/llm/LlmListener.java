package dev.quire.core.llm;

import dev.quire.core.engine.StepReport;
import dev.quire.core.source.DownloadProgress;

/** Told of what happens beside requests. Every method does nothing unless overridden; none may block. */
public interface LlmListener {
    /** Hears nothing. */
    LlmListener NONE = new LlmListener() {};

    /** Told of files that are downloaded; on the loading thread. */
    default DownloadProgress downloads() {
        return DownloadProgress.silent();
    }

    /** A sentence that an operator should read; on the loading thread. */
    default void notice(String sentence) {}

    /** {@code loaded} of {@code total} bytes of weights are on the device; on the loading thread. */
    default void weightsLoaded(long loaded, long total) {}

    /** A step has completed; on the engine thread. */
    default void stepCompleted(StepReport report) {}
}
