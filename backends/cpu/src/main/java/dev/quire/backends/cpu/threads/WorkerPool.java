package dev.quire.backends.cpu.threads;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs the parts of a kernel on a fixed set of threads and waits for all of them. The calling thread is worker 0; the others spin
 * for the next call, so that handing work over costs a fraction of a microsecond, then yield, then park: an idle pool uses no
 * processor. Part {@code i} of {@code n} always goes to the same worker, so results cannot depend on timing. A worker whose thread
 * has not begun its share when the caller has done its own, because something else has its processor, is not waited for: the caller
 * does that share too, in the worker's name.
 *
 * <p>One thread may call at a time. A call allocates nothing.
 */
public final class WorkerPool implements AutoCloseable {
    private static final int SPIN_NANOS = 20_000;
    private static final int YIELD_NANOS = 200_000;
    private static final int POLLS_PER_CLOCK_READ = 64;

    /** Slots of {@link #state} lie two cache lines apart, so that workers do not disturb one another. */
    private static final int STRIDE = 16;

    private static final int PARKED = 8;
    private static final int CLAIMED = 1;

    private final int threads;
    private final boolean spinning;
    private final Thread[] workers;
    private final Throwable[] failures;
    private final AtomicBoolean busy = new AtomicBoolean();

    /**
     * Slot 0: the number of the current call. Slot w: the last call whose share of worker w is done, {@link #CLAIMED} after it the last one
     * whose share somebody took, and {@link #PARKED} after it whether the thread sleeps.
     */
    private final AtomicLongArray state;

    private Part body;
    private int parts;
    private volatile boolean closed;

    /**
     * Starts the pool.
     *
     * @param threads how many threads work, the calling one included; with more than the machine has processors nobody spins
     */
    public WorkerPool(int threads) {
        this(threads, Thread.ofPlatform().daemon().name("quire-cpu-", 1).factory());
    }

    /** @param factory makes the threads beside the caller's, the first worker's first */
    WorkerPool(int threads, ThreadFactory factory) {
        if (threads < 1) {
            throw new IllegalArgumentException(
                    "threads=" + threads + " of a worker pool; it needs at least 1, the caller's own");
        }
        this.threads = threads;
        this.spinning = threads <= Runtime.getRuntime().availableProcessors();
        this.state = new AtomicLongArray((threads + 1) * STRIDE);
        this.failures = new Throwable[threads];
        this.workers = new Thread[threads - 1];
        for (int w = 1; w < threads; w++) {
            int worker = w;
            workers[w - 1] = factory.newThread(() -> serve(worker));
        }
        for (Thread thread : workers) {
            thread.start();
        }
    }

    /** How many threads work, the calling one included. */
    public int threads() {
        return threads;
    }

    /**
     * Runs {@code body} once for each part and returns when all are done. Worker w does the parts from {@code parts·w/threads} to
     * {@code parts·(w+1)/threads}, in order.
     *
     * @throws IllegalStateException if the pool is closed, or a call is under way, a part's own call included
     * @throws RuntimeException what a part threw; the parts of other workers were done all the same
     */
    public void parallel(int parts, Part body) {
        if (!busy.compareAndSet(false, true)) {
            throw new IllegalStateException(
                    "A parallel call is under way; parts cannot fork and one thread calls at a time");
        }
        try {
            if (closed) {
                throw new IllegalStateException("The worker pool is closed");
            }
            if (threads == 1 || parts <= 1) {
                for (int part = 0; part < parts; part++) {
                    body.run(part, 0);
                }
                return;
            }
            this.body = body;
            this.parts = parts;
            long call = state.get(0) + 1;
            state.set(0, call);
            unparkWorkers();
            share(0);
            for (int w = 1; w < threads; w++) {
                doIfUnclaimed(w, call);
            }
            awaitWorkers(call);
            this.body = null;
            rethrowFailure();
        } finally {
            busy.set(false);
        }
    }

    private void unparkWorkers() {
        for (int w = 1; w < threads; w++) {
            if (state.get(w * STRIDE + PARKED) != 0) {
                LockSupport.unpark(workers[w - 1]);
            }
        }
    }

    /** Does a worker's share of a call unless somebody has begun it. Nobody takes a share of a call that is over: its shares are all claimed. */
    private void doIfUnclaimed(int worker, long call) {
        int slot = worker * STRIDE;
        long claimed = state.get(slot + CLAIMED);
        if (claimed < call && state.compareAndSet(slot + CLAIMED, claimed, call)) {
            share(worker);
            state.setRelease(slot, call);
        }
    }

    private void share(int worker) {
        try {
            int end = (int) ((long) parts * (worker + 1) / threads);
            for (int part = (int) ((long) parts * worker / threads); part < end; part++) {
                body.run(part, worker);
            }
        } catch (Throwable failure) {
            failures[worker] = failure;
        }
    }

    private void awaitWorkers(long call) {
        for (int w = 1; w < threads; w++) {
            long start = 0;
            for (int polls = 1; state.getAcquire(w * STRIDE) != call; polls++) {
                if (spinning && start == 0) {
                    start = System.nanoTime();
                }
                if (spinning && (polls % POLLS_PER_CLOCK_READ != 0 || System.nanoTime() - start < SPIN_NANOS)) {
                    Thread.onSpinWait();
                } else {
                    Thread.yield();
                }
            }
        }
    }

    private void rethrowFailure() {
        Throwable first = null;
        for (int w = 0; w < threads; w++) {
            Throwable failure = failures[w];
            failures[w] = null;
            if (first == null) {
                first = failure;
            } else if (failure != null && failure != first) {
                first.addSuppressed(failure);
            }
        }
        switch (first) {
            case null -> {}
            case RuntimeException exception -> throw exception;
            case Error error -> throw error;
            default -> throw new IllegalStateException("A part failed", first);
        }
    }

    private void serve(int worker) {
        for (long done = 0; ; ) {
            long call = awaitCall(worker, done);
            if (closed) {
                return;
            }
            doIfUnclaimed(worker, call);
            done = call;
        }
    }

    private long awaitCall(int worker, long done) {
        long call = state.getAcquire(0);
        long start = System.nanoTime();
        for (int polls = 1; call == done; polls++) {
            if (spinning && polls % POLLS_PER_CLOCK_READ != 0) {
                Thread.onSpinWait();
            } else {
                long waited = System.nanoTime() - start;
                if (waited > YIELD_NANOS) {
                    park(worker, done);
                } else if (!spinning || waited > SPIN_NANOS) {
                    Thread.yield();
                }
            }
            call = state.getAcquire(0);
        }
        return call;
    }

    /** Announces the nap first and looks again after, so that a call made in between is either seen here or wakes us. */
    private void park(int worker, long done) {
        state.set(worker * STRIDE + PARKED, 1);
        if (state.get(0) == done) {
            LockSupport.park(this);
        }
        state.set(worker * STRIDE + PARKED, 0);
    }

    /** Ends the threads and waits for them. Closing twice does nothing more. */
    @Override
    public void close() {
        if (!busy.compareAndSet(false, true)) {
            throw new IllegalStateException("A parallel call is under way; close the worker pool after it");
        }
        try {
            closed = true;
            state.set(0, state.get(0) + 1);
            for (Thread thread : workers) {
                LockSupport.unpark(thread);
                ThreadEnd.await(thread);
            }
        } finally {
            busy.set(false);
        }
    }
}
