package dev.quire.core.stream;

import dev.quire.core.request.GenerationRequest;
import dev.quire.core.request.TextEvent;
import dev.quire.core.request.TokenEvent;
import dev.quire.core.request.Usage;
import dev.quire.core.text.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listener that turns a request's {@link TokenEvent}s into {@link TextEvent}s. {@link #accept} only queues, so the engine thread may
 * call it; the work is done, and the text listener called, on a virtual thread, one event at a time and in order.
 *
 * <p>A stop string ends its choice here: the engine is told to cancel it, and what it still delivers leaves text and usage. A text listener
 * that throws gets no more events, and its request is cancelled.
 */
public final class TextStream implements Consumer<TokenEvent> {
    private static final Logger LOG = LoggerFactory.getLogger(TextStream.class);

    private final GenerationRequest request;
    private final Consumer<TextEvent> listener;
    private final IntConsumer cancelChoice;
    private final List<ChoiceText> choices = new ArrayList<>();
    private final SerialMailbox<TokenEvent> mailbox;
    private boolean broken;

    /**
     * @param cancelChoice asks the engine to end one choice; called on the virtual thread
     * @param listener called on the virtual thread; may block, which delays this request's events alone
     */
    public TextStream(
            GenerationRequest request, Tokenizer tokenizer, IntConsumer cancelChoice, Consumer<TextEvent> listener) {
        this.request = request;
        this.listener = listener;
        this.cancelChoice = cancelChoice;
        for (int i = 0; i < request.sampling().n(); i++) {
            choices.add(new ChoiceText(i, request.sampling(), tokenizer, listener));
        }
        this.mailbox = new SerialMailbox<>("quire-text-" + request.id(), this::handle);
    }

    /** Queues an event; returns at once. */
    @Override
    public void accept(TokenEvent event) {
        mailbox.post(event);
    }

    private void handle(TokenEvent event) {
        if (broken) {
            return;
        }
        try {
            translate(event);
        } catch (RuntimeException e) {
            broken = true;
            LOG.error("The listener of request {} failed; the request is cancelled", request.id(), e);
            for (int i = 0; i < choices.size(); i++) {
                cancelChoice.accept(i);
            }
        }
    }

    private void translate(TokenEvent event) {
        switch (event) {
            case TokenEvent.PromptScored(var tokens) -> listener.accept(new TextEvent.PromptScored(tokens));
            case TokenEvent.Token(int choice, var token, var role) -> {
                if (choices.get(choice).accept(token, role)) {
                    cancelChoice.accept(choice);
                }
            }
            case TokenEvent.Finished(int choice, var reason, var stopToken) ->
                choices.get(choice).finish(reason, stopToken);
            case TokenEvent.Completed(Usage usage, var timings) ->
                listener.accept(new TextEvent.Completed(
                        new Usage(usage.promptTokens(), delivered(), usage.cachedTokens()), timings));
            case TokenEvent.Refused(var refusal) -> listener.accept(new TextEvent.Refused(refusal));
            case TokenEvent.Failed(String message) -> listener.accept(new TextEvent.Failed(message));
        }
    }

    private int delivered() {
        return choices.stream().mapToInt(ChoiceText::tokens).sum();
    }
}
