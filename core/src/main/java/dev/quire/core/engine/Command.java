package dev.quire.core.engine;

import dev.quire.core.request.GenerationRequest;
import dev.quire.core.request.TokenEvent;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** What other threads ask of the engine thread. */
sealed interface Command {
    /** Take a request. */
    record Submit(GenerationRequest request, Consumer<TokenEvent> listener, long arrived, Ticket ticket)
            implements Command {}

    /** End a request, or one of its choices. */
    record Cancel(Ticket ticket, OptionalInt choice) implements Command {}

    /** Run small steps, of so many tokens at most, until a request comes. */
    record WarmUp(int tokens) implements Command {}

    /** Identity of a submitted request. */
    final class Ticket {}
}
