package dev.quire.backends.tornado.graphs;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a closed backend leaves, a device's memory and the compiled code over it, for the next one of a series on that device: every plan that TornadoVM makes
 * compiles its kernels anew, which takes longer than most runs of the conformance kit's cases. Keeps one at most, until it is closed. Any thread may call it.
 *
 * @param <R> what is kept
 */
public final class IdleRunner<R extends IdleRunner.Runner> implements AutoCloseable {
    private Optional<R> idle = Optional.empty();
    private boolean closed;

    /** What a backend runs on and may leave to another. */
    public interface Runner extends AutoCloseable {
        /** Whether another backend may go on with it. */
        boolean isReusable();

        /** Frees its memory. */
        @Override
        void close();
    }

    /** A runner that one backend has until it closes this. Any thread may close it. */
    public final class Loan implements AutoCloseable {
        private final R runner;
        private boolean ended;

        private Loan(R runner) {
            this.runner = runner;
        }

        /** The runner, which is another's once this is closed. */
        public R runner() {
            return runner;
        }

        /** Gives it back, the first time: from then on it may be another backend's. */
        @Override
        public void close() {
            synchronized (IdleRunner.this) {
                if (!ended) {
                    ended = true;
                    give(runner);
                }
            }
        }
    }

    /**
     * Lends the idle one, else a new one.
     *
     * @param another makes a new one
     */
    public synchronized Loan take(Supplier<R> another) {
        Optional<R> found = idle;
        idle = Optional.empty();
        return new Loan(found.orElseGet(another));
    }

    /** Keeps it, or frees it where another one is kept already, it cannot go on, or nobody comes any more. */
    private void give(R runner) {
        if (!closed && idle.isEmpty() && runner.isReusable()) {
            idle = Optional.of(runner);
        } else {
            runner.close();
        }
    }

    /** Frees the idle one, and from now on each one that comes back. */
    @Override
    public synchronized void close() {
        closed = true;
        Optional<R> last = idle;
        idle = Optional.empty();
        last.ifPresent(Runner::close);
    }
}
