package dev.quire.conformance.interpreter;

import dev.quire.api.BackendException;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.StepResult;
import dev.quire.api.step.Ticket;
import java.util.Optional;

/** The ticket of a step that ran when it was submitted. */
public class FinishedStep implements Ticket {
    private final StepResult result;
    private final Bindings io;
    private final Optional<BackendException> failure;

    /** @param failure why the step failed, if it did */
    public FinishedStep(StepResult result, Bindings io, Optional<BackendException> failure) {
        this.result = result;
        this.io = io;
        this.failure = failure;
    }

    @Override
    public final StepResult await() {
        if (failure.isPresent()) {
            throw failure.get();
        }
        return result;
    }

    @Override
    public final boolean isDone() {
        return true;
    }

    /** What the step chose for its row {@code row} (RULES T6). */
    final int sampled(int row) {
        await();
        return io.buffer("sampled").intAt(row, 0);
    }
}
