package dev.quire.core.stream;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Hands messages to a reader one at a time and in order, on virtual threads: one runs while there is something to read, none otherwise.
 * Posting never blocks. A reader may block, which holds back its own messages alone.
 */
final class SerialMailbox<T> {
    private final Thread.Builder threads;
    private final Consumer<T> reader;
    private final Queue<T> messages = new ConcurrentLinkedQueue<>();
    private final AtomicInteger unread = new AtomicInteger();

    /** @param reader must not throw */
    SerialMailbox(String threadName, Consumer<T> reader) {
        this.threads = Thread.ofVirtual().name(threadName);
        this.reader = reader;
    }

    void post(T message) {
        messages.add(message);
        if (unread.getAndIncrement() == 0) {
            threads.start(this::read);
        }
    }

    private void read() {
        do {
            reader.accept(messages.remove());
        } while (unread.decrementAndGet() > 0);
    }
}
