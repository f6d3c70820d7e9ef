package dev.quire.kernels.device;

import dev.quire.api.BackendException;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** A submission whose end any number of threads may ask for, any number of times. */
final class Submission {
    private final IssueQueue queue;
    private final Completion completion;
    private final long submitted = System.nanoTime();
    private final ReentrantLock lock = new ReentrantLock();
    private volatile boolean settled;
    private Optional<BackendException> failure = Optional.empty();
    private long nanos;

    Submission(IssueQueue queue, Completion completion) {
        this.queue = queue;
        this.completion = completion;
    }

    boolean isDone() {
        if (settled) {
            return true;
        }
        if (!lock.tryLock()) {
            return false; // another thread waits for it
        }
        try {
            return settled || completion.isDone();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until the host's memory that was copied from has been read, so that it may change; the copies may still be on their way.
     *
     * @throws BackendException if they failed
     */
    void awaitRead() {
        if (!completion.hasRead()) {
            await();
        }
    }

    /** Waits for the end, however it ends. */
    void settle() {
        lock.lock();
        try {
            if (!settled) {
                try {
                    queue.watch(() -> {
                        completion.await();
                        return completion;
                    });
                } catch (BackendException e) {
                    failure = Optional.of(e);
                }
                nanos = System.nanoTime() - submitted;
                settled = true;
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for the end.
     *
     * @return nanoseconds from the submission until its end was known
     * @throws BackendException if it failed
     */
    long await() {
        settle();
        if (failure.isPresent()) {
            throw failure.get();
        }
        return nanos;
    }
}
