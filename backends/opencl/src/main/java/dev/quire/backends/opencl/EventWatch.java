package dev.quire.backends.opencl;

import dev.quire.api.BackendException;
import dev.quire.kernels.device.Completion;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_event;

/**
 * A thread that waits for events in the order of their submissions, which on a queue in order is that of their ends. Its wait flushes the queue too, so
 * that a submission needs no call for that; and whoever asks for an end asks no driver.
 */
final class EventWatch implements AutoCloseable {
    private final BlockingQueue<Optional<Watched>> pending = new LinkedBlockingQueue<>();
    private final Thread thread;

    EventWatch() {
        thread = Thread.ofPlatform().daemon().name("opencl-events").start(this::run);
    }

    /** The end of a submission as the event of its last command. */
    private static final class Watched implements Completion {
        private final cl_event event;
        private final CountDownLatch end = new CountDownLatch(1);
        private volatile Optional<BackendException> failure = Optional.empty();

        Watched(cl_event event) {
            this.event = event;
        }

        @Override
        public boolean isDone() {
            return end.getCount() == 0;
        }

        @Override
        public void await() {
            boolean interrupted = false;
            while (true) {
                try {
                    end.await();
                    break;
                } catch (InterruptedException e) {
                    interrupted = true; // the device goes on, so its end is waited for
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            if (failure.isPresent()) {
                throw failure.get();
            }
        }

        private void watch() {
            int status = CL.clWaitForEvents(1, new cl_event[] {event});
            if (status != CL.CL_SUCCESS) {
                String cause = Status.name(Math.min(status, state()));
                failure = Optional.of(Status.lost("clWaitForEvents", "a command ended with " + cause));
            }
            CL.clReleaseEvent(event);
            end.countDown();
        }

        /** A command that ended abnormally has an error's code, which is negative. */
        private int state() {
            int[] state = new int[1];
            int status = CL.clGetEventInfo(
                    event, CL.CL_EVENT_COMMAND_EXECUTION_STATUS, Sizeof.cl_int, Pointer.to(state), null);
            return status == CL.CL_SUCCESS ? state[0] : status;
        }
    }

    /** Watches for the end of a submission. */
    Completion watch(cl_event event) {
        Watched watched = new Watched(event);
        pending.add(Optional.of(watched));
        return watched;
    }

    private void run() {
        try {
            for (Optional<Watched> next = pending.take(); next.isPresent(); next = pending.take()) {
                next.get().watch();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        }
    }

    /** Waits for every event. */
    @Override
    public void close() {
        pending.add(Optional.empty());
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
