package dev.quire.backends.tornado.graphs;

import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * What a closed backend leaves, a device's memory and the compiled code over it, for the next one on that device: every plan that TornadoVM makes compiles
 * its kernels anew, which takes longer than most runs of the conformance kit's cases. Keeps one at most. Any thread may call it.
 *
 * @param <R> what is kept
 */
public final class IdleRunner<R extends IdleRunner.Runner> {
    private Optional<R> idle = Optional.empty();

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
     * Lends the idle one where it fits, else a new one, before which the idle one is freed.
     *
     * @param fits whether a runner has the device and the kernels that are wanted
     * @param another makes a new one
     */
    public synchronized Loan take(Predicate<R> fits, Supplier<R> another) {
        Optional<R> found = idle;
        idle = Optional.empty();
        if (found.isPresent() && !fits.test(found.get())) {
            found.get().close();
            found = Optional.empty();
        }
        return new Loan(found.orElseGet(another));
    }

    /** Keeps it, or frees it where another one is kept already or it cannot go on. */
    private void give(R runner) {
        if (idle.isEmpty() && runner.isReusable()) {
            idle = Optional.of(runner);
        } else {
            runner.close();
        }
    }
}
