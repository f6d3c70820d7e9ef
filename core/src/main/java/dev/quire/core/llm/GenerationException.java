package dev.quire.core.llm;

import dev.quire.core.request.Refusal;
import java.util.Optional;

/** A request was refused, or failed under way. The message says why and what would help. */
public final class GenerationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Optional<Refusal> refusal;

    GenerationException(Refusal refusal) {
        super(refusal.message());
        this.refusal = Optional.of(refusal);
    }

    GenerationException(String message) {
        super(message);
        this.refusal = Optional.empty();
    }

    /** Why the request was not taken; empty if it was taken and then failed. */
    public Optional<Refusal> refusal() {
        return refusal;
    }
}
