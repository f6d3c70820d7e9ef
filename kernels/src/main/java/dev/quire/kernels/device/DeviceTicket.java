package dev.quire.kernels.device;

import dev.quire.api.BackendException;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.StepResult;
import dev.quire.api.step.Ticket;

/** A step that was issued, or that failed before it could be. */
sealed interface DeviceTicket extends Ticket {
    /** What the step is bound to. */
    Bindings io();

    /** A step on the device. */
    record Issued(Bindings io, Submission submission) implements DeviceTicket {
        @Override
        public StepResult await() {
            return new StepResult(submission.await());
        }

        @Override
        public boolean isDone() {
            return submission.isDone();
        }
    }

    /** A step that the device never saw. */
    record Failed(Bindings io, BackendException reason) implements DeviceTicket {
        @Override
        public StepResult await() {
            throw reason;
        }

        @Override
        public boolean isDone() {
            return true;
        }
    }
}
