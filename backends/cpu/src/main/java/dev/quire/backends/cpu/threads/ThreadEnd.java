package dev.quire.backends.cpu.threads;

/** Waiting for a thread that has been told to end. */
public final class ThreadEnd {
    private ThreadEnd() {}

    /** Returns when {@code thread} has ended, and not before; an interrupt that comes meanwhile is kept for the caller. */
    public static void await(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
