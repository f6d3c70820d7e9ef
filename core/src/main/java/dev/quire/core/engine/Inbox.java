package dev.quire.core.engine;

import dev.quire.core.request.Refusal;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** What other threads have asked and the engine thread has not seen. Counts the requests that wait, here and in the scheduler. */
final class Inbox {
    private final ConcurrentLinkedQueue<Command> commands = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile Thread reader;

    /** The thread to wake. */
    void readBy(Thread thread) {
        reader = thread;
    }

    void post(Command command) {
        if (command instanceof Command.Submit) {
            waiting.incrementAndGet();
        }
        commands.add(command);
        wake();
    }

    void wake() {
        LockSupport.unpark(reader);
    }

    Optional<Command> poll() {
        return Optional.ofNullable(commands.poll());
    }

    boolean isEmpty() {
        return commands.isEmpty();
    }

    /** A waiting request has been scheduled for the first time, or has ended. */
    void left() {
        waiting.decrementAndGet();
    }

    int waiting() {
        return waiting.get();
    }

    Optional<Refusal> overloaded(int most) {
        int now = waiting.get();
        return now < most
                ? Optional.empty()
                : Optional.of(new Refusal(
                        Refusal.Kind.OVERLOADED,
                        "%d requests are waiting and at most %d may (max-num-queued-reqs); try again later."
                                .formatted(now, most)));
    }
}
