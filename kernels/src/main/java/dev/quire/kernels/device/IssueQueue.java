package dev.quire.kernels.device;

import dev.quire.api.BackendException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** The way to the device. Remembers that it was lost, and keeps recordings that are used once until they have run. One thread but for {@link #watch}. */
final class IssueQueue {
    private final Device device;
    private final AtomicReference<BackendException> loss = new AtomicReference<>();
    private final Deque<Once> running = new ArrayDeque<>();

    private record Once(Recording recording, Submission submission) {}

    IssueQueue(Device device) {
        this.device = device;
    }

    Device device() {
        return device;
    }

    DeviceMemory allocate(long bytes, MemoryUse use) {
        return watch(() -> device.allocate(Math.max(bytes, 1), use));
    }

    Recording record(List<Command> commands) {
        return watch(() -> device.record(commands));
    }

    Submission submit(Recording recording) {
        return new Submission(this, watch(recording::submit));
    }

    /** Runs commands that will not be run again; returns at once. */
    Submission once(List<Command> commands) {
        reap();
        Recording recording = record(commands);
        Owned begun = new Owned();
        begun.add(recording::close);
        Submission submission = begun.orFree(() -> submit(recording));
        running.addLast(new Once(recording, submission));
        return submission;
    }

    /** Runs commands that will not be run again and waits for their end. */
    void now(List<Command> commands) {
        if (!commands.isEmpty()) {
            Submission submission = once(commands);
            submission.await();
            reap();
        }
    }

    /** Runs copies that will not be run again and waits until the host's memory has been read, though it may not have arrived. */
    Submission read(List<Command> copies) {
        Submission submission = once(copies);
        submission.awaitRead();
        return submission;
    }

    /** Frees recordings that have run. */
    private void reap() {
        while (!running.isEmpty() && running.getFirst().submission().isDone()) {
            free(running.removeFirst());
        }
    }

    private static void free(Once once) {
        once.submission().settle();
        once.recording().close();
    }

    /** Waits for what was to run once. */
    void drain() {
        running.forEach(IssueQueue::free);
        running.clear();
    }

    /** Does what the device is asked unless it is lost, and remembers if that loses it. Any thread. */
    <T> T watch(Supplier<T> work) {
        Optional<BackendException> lost = Optional.ofNullable(loss.get());
        if (lost.isPresent()) {
            throw new BackendException(
                    BackendException.Kind.DEVICE_LOST, lost.get().getMessage(), lost.get());
        }
        try {
            return work.get();
        } catch (BackendException e) {
            if (e.kind() == BackendException.Kind.DEVICE_LOST) {
                loss.compareAndSet(null, e);
            }
            throw e;
        }
    }
}
