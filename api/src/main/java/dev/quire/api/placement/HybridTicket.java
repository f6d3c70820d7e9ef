package dev.quire.api.placement;

import dev.quire.api.BackendException;
import dev.quire.api.memory.Buffer;
import dev.quire.api.step.StepResult;
import dev.quire.api.step.StepTokens;
import dev.quire.api.step.Ticket;
import java.util.List;
import java.util.Optional;

/**
 * A step in segments.
 *
 * @param segments tickets of the segments that were issued, in order
 * @param side who ran the last one
 * @param failure why a segment before the last could not hand over, if so
 * @param sampled where the step's tokens go, if it samples
 */
record HybridTicket(List<Ticket> segments, Runner side, Optional<BackendException> failure, Optional<Buffer> sampled)
        implements Ticket {
    @Override
    public StepResult await() {
        long nanos = 0;
        for (Ticket segment : segments) {
            nanos += segment.await().nanos();
        }
        if (failure.isPresent()) {
            throw failure.get();
        }
        return new StepResult(nanos);
    }

    @Override
    public boolean isDone() {
        return segments.getLast().isDone();
    }

    /** {@code tokens}, whose negative ids this step samples, for a reader on {@code reader}: on the same side the device looks them up. */
    StepTokens tokensFor(Runner reader, StepTokens tokens) {
        if (reader == side) {
            return new StepTokens(tokens.ids(), Optional.of(segments.getLast()));
        }
        await();
        Buffer buffer = sampled.orElseThrow(() -> new IllegalStateException("the step samples no tokens"));
        int[] ids = tokens.ids().clone();
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] < 0) {
                ids[i] = buffer.intAt(~ids[i], 0);
            }
        }
        return StepTokens.known(ids);
    }
}
