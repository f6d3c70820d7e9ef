package dev.quire.conformance.broken;

import dev.quire.api.step.StepResult;
import dev.quire.api.step.Ticket;

/** A ticket of nothing. */
final class DoneAtOnce implements Ticket {
    @Override
    public StepResult await() {
        return new StepResult(0);
    }

    @Override
    public boolean isDone() {
        return true;
    }
}
