package dev.quire.api.placement;

import dev.quire.api.BackendException;
import dev.quire.api.step.Ticket;
import java.util.Optional;

/**
 * Keeps what two backends do in the order of issue: each keeps its own order, so only a change of sides has to wait. Confined to the
 * thread that drives both.
 */
final class IssueOrder {
    private Runner last = Runner.NOBODY;
    private Optional<Ticket> ticket = Optional.empty();

    /** Waits until the other side has run all that was issued; returns how the last of it failed, if it did. */
    Optional<BackendException> enter(Runner side) {
        if (last == side || ticket.isEmpty()) {
            return Optional.empty();
        }
        try {
            ticket.get().await();
            return Optional.empty();
        } catch (BackendException failure) {
            return Optional.of(failure);
        }
    }

    void issued(Runner side, Ticket issued) {
        last = side;
        ticket = Optional.of(issued);
    }
}
