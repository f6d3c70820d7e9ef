package dev.quire.kernels.host;

import dev.quire.api.BackendException;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.StepResult;
import dev.quire.api.step.Ticket;
import java.util.Optional;

/** A step that has run. */
record HostTicket(Bindings io, long nanos, Optional<BackendException> failure) implements Ticket {
    @Override
    public StepResult await() {
        if (failure.isPresent()) {
            throw failure.get();
        }
        return new StepResult(nanos);
    }

    @Override
    public boolean isDone() {
        return true;
    }
}
