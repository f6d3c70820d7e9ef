package dev.quire.backends.cpu;

import dev.quire.api.BackendException;
import dev.quire.api.memory.Buffer;
import dev.quire.api.step.StepResult;
import dev.quire.api.step.Ticket;
import dev.quire.backends.cpu.threads.ThreadEnd;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;

/** The backend's own thread: runs what is issued, in the order of issue. */
final class StepQueue implements AutoCloseable {
    private static final Runnable END = () -> {};

    private final LinkedBlockingQueue<Runnable> issued = new LinkedBlockingQueue<>();
    private final Thread thread =
            Thread.ofPlatform().name("quire-cpu-0").daemon(true).unstarted(this::serve);

    StepQueue() {
        thread.start();
    }

    /** Work that has been issued and that others can wait for. */
    static final class Step implements Ticket, Runnable {
        private final Runnable work;
        private final Map<String, Buffer> outputs;
        private final CountDownLatch done = new CountDownLatch(1);
        private volatile Throwable failure;
        private volatile long nanos;

        Step(Runnable work, Map<String, Buffer> outputs) {
            this.work = work;
            this.outputs = outputs;
        }

        /** Where the step's outputs go. */
        Map<String, Buffer> outputs() {
            return outputs;
        }

        @Override
        public void run() {
            long start = System.nanoTime();
            try {
                work.run();
            } catch (RuntimeException | Error e) {
                failure = e;
            } finally {
                nanos = System.nanoTime() - start;
                done.countDown();
            }
        }

        @Override
        public StepResult await() {
            boolean interrupted = false;
            while (done.getCount() > 0) {
                try {
                    done.await();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            switch (failure) {
                case null -> {}
                case BackendException known -> throw known;
                case OutOfMemoryError e ->
                    throw new BackendException(
                            BackendException.Kind.OUT_OF_MEMORY, "the step ran out of memory: " + e.getMessage(), e);
                default ->
                    throw new BackendException(
                            BackendException.Kind.STEP_FAILED, "the step failed: " + failure, failure);
            }
            return new StepResult(nanos);
        }

        @Override
        public boolean isDone() {
            return done.getCount() == 0;
        }
    }

    Step issue(Runnable work, Map<String, Buffer> outputs) {
        Step step = new Step(work, outputs);
        issued.add(step);
        return step;
    }

    private void serve() {
        boolean open = true;
        while (open) {
            try {
                Runnable next = issued.take();
                next.run();
                open = next != END;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Runs what was issued before, then ends the thread. */
    @Override
    public void close() {
        issued.add(END);
        ThreadEnd.await(thread);
    }
}
