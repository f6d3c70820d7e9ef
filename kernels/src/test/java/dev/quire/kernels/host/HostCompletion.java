package dev.quire.kernels.host;

import dev.quire.kernels.device.Completion;
import java.util.function.BooleanSupplier;

/**
 * The end of a submission, told by two functions.
 *
 * @param done whether it has come
 * @param end waits for it, and throws what went wrong
 */
record HostCompletion(BooleanSupplier done, Runnable end) implements Completion {
    @Override
    public boolean isDone() {
        return done.getAsBoolean();
    }

    @Override
    public void await() {
        end.run();
    }
}
