package dev.quire.backends.cpu.threads;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs the parts of a kernel on a fixed set of threads and waits for all of them. The calling thread is worker 0; the others spin
 * for the next call, so that handing work over costs a fraction of a microsecond, then yield, then park: an idle pool uses no
 * processor. Each worker has a share of the parts, which it does in order; one that is through takes parts from the end of others'
 * shares (work stealing, Blumofe and Leiserson 1999), so that a thread whose processor has something else to do is waited for only
 * until the part is done that it has begun. Which worker does a part depends on timing: what a part computes must not.
 *
 * <p>One thread may call at a time. A call allocates nothing.
 */
public final class WorkerPool implements AutoCloseable {
    private static final int SPIN_NANOS = 20_000;
    private static final int YIELD_NANOS = 200_000;
    private static final int POLLS_PER_CLOCK_READ = 64;

    /** Slots of {@link #state} lie two cache lines apart, so that workers do not disturb one another. */
    private static final int STRIDE = 16;

    private static final int LEFT = 1;
    private static final int BEGUN = 2;
    private static final int PARKED = 8;

    /** What is left of a share, all in one number, so that it is never taken for another call's: the call, the end, the first; both within the share. */
    private static final int COUNT_BITS = 16;

    private static final long COUNT = (1L << COUNT_BITS) - 1;
    private static final long CALLS = (1L << (Long.SIZE - 2 * COUNT_BITS)) - 1;

    private final int threads;
    private final boolean spinning;
    private final Thread[] workers;
    private final Throwable[] failures;
    private final AtomicBoolean busy = new AtomicBoolean();

    /**
     * Slot 0: the number of the current call. Slot w, of worker w: the last call that its thread is through with, then {@link #LEFT} what is left of
     * its share, {@link #BEGUN} the last call that its thread has come to, {@link #PARKED} whether the thread sleeps.
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
     * Runs {@code body} once for each part and returns when all are done. The share of worker w are the parts from {@code parts·w/threads} to
     * {@code parts·(w+1)/threads}.
     *
     * @param parts at most 65,535 for each worker
     * @throws IllegalArgumentException if there are more
     * @throws IllegalStateException if the pool is closed, or a call is under way, a part's own call included
     * @throws RuntimeException what a part threw; the others were done all the same
     */
    public void parallel(int parts, Part body) {
        if (parts > threads * COUNT) {
            throw new IllegalArgumentException(
                    "%d parts for %d threads; at most %d for each: cut coarser".formatted(parts, threads, COUNT));
        }
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
            for (int w = 0; w < threads; w++) {
                long size = first(w + 1) - first(w);
                state.setPlain(slot(w) + LEFT, (call & CALLS) << 2 * COUNT_BITS | size << COUNT_BITS);
            }
            state.set(0, call);
            unparkWorkers();
            work(0, call);
            awaitWorkers(call);
            this.body = null;
            rethrowFailure();
        } finally {
            busy.set(false);
        }
    }

    /** Workers' slots begin at one. */
    private static int slot(int worker) {
        return (worker + 1) * STRIDE;
    }

    private void unparkWorkers() {
        for (int w = 1; w < threads; w++) {
            if (state.get(slot(w) + PARKED) != 0) {
                LockSupport.unpark(workers[w - 1]);
            }
        }
    }

    /** Does what is left of a worker's own share, then of the shares of others. */
    private void work(int worker, long call) {
        for (int i = 0; i < threads; i++) {
            int share = (worker + i) % threads;
            for (int part = take(share, call, i > 0); part >= 0; part = take(share, call, i > 0)) {
                try {
                    body.run(part, worker);
                } catch (Throwable failure) {
                    keep(worker, failure);
                }
            }
        }
    }

    /** The first part of a worker's share, for a call that is not over. */
    private int first(int worker) {
        return (int) ((long) parts * worker / threads);
    }

    /** Takes a part from the beginning or the end of a share; −1 if none is left, as always once the call is over. */
    private int take(int share, long call, boolean fromEnd) {
        int slot = slot(share) + LEFT;
        for (long left = state.get(slot); left >>> 2 * COUNT_BITS == (call & CALLS); left = state.get(slot)) {
            int next = (int) (left & COUNT);
            int end = (int) (left >>> COUNT_BITS & COUNT);
            if (next == end) {
                return -1;
            }
            if (state.compareAndSet(slot, left, fromEnd ? left - (1L << COUNT_BITS) : left + 1)) {
                return first(share) + (fromEnd ? end - 1 : next);
            }
        }
        return -1;
    }

    private void keep(int worker, Throwable failure) {
        if (failures[worker] == null) {
            failures[worker] = failure;
        } else if (failure != failures[worker]) {
            failures[worker].addSuppressed(failure);
        }
    }

    /** Waits for the threads that came to a call all of whose parts are taken; one that comes later finds none. */
    private void awaitWorkers(long call) {
        for (int w = 1; w < threads; w++) {
            if (state.get(slot(w) + BEGUN) != call) {
                continue;
            }
            long start = 0;
            for (int polls = 1; state.getAcquire(slot(w)) != call; polls++) {
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
            state.set(slot(worker) + BEGUN, call);
            work(worker, call);
            state.setRelease(slot(worker), call);
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
        state.set(slot(worker) + PARKED, 1);
        if (state.get(0) == done) {
            LockSupport.park(this);
        }
        state.set(slot(worker) + PARKED, 0);
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
