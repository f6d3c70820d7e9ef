package dev.quire.core.llm;

import dev.quire.core.engine.Generation;
import dev.quire.core.request.TextEvent;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The text of a request with one choice, for a reader that pulls. Filled by one thread, read by another. */
final class TextPieces implements Consumer<TextEvent>, Iterator<String> {
    private final BlockingQueue<TextEvent> events = new LinkedBlockingQueue<>();
    private String next = "";
    private boolean ended;

    @Override
    public void accept(TextEvent event) {
        events.add(event);
    }

    /** Waits for a piece that is not empty. */
    @Override
    public boolean hasNext() {
        while (next.isEmpty() && !ended) {
            read(take());
        }
        return !next.isEmpty();
    }

    @Override
    public String next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the text has ended");
        }
        String piece = next;
        next = "";
        return piece;
    }

    /** All pieces; closing the stream cancels {@code generation}. */
    Stream<String> stream(Generation generation) {
        int order = Spliterator.ORDERED | Spliterator.NONNULL;
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(this, order), false)
                .onClose(generation::cancel);
    }

    private TextEvent take() {
        try {
            return events.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GenerationException("The thread was interrupted while it waited for text.");
        }
    }

    private void read(TextEvent event) {
        switch (event) {
            case TextEvent.Delta delta -> next = delta.text();
            case TextEvent.PromptScored _, TextEvent.ChoiceFinished _ -> {}
            case TextEvent.Completed _ -> ended = true;
            case TextEvent.Refused(var refusal) -> throw new GenerationException(refusal);
            case TextEvent.Failed(String message) -> throw new GenerationException(message);
        }
    }
}
