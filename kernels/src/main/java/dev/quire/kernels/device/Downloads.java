package dev.quire.kernels.device;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Copies to the host behind steps that are padded, by how many rows the caller has; the least recently used go first. */
final class Downloads implements AutoCloseable {
    private static final int MOST = 512;

    private final IssueQueue queue;
    private final Map<Key, Copies> copies = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * What copies depend on.
     *
     * @param rows that the caller has
     * @param step the padded step's key; steps in flight have different ones
     */
    record Key(int rows, Recordings.Key step) {}

    /** Copies and their last submission, if there is anything to copy. */
    private static final class Copies {
        private final Optional<Recording> recording;
        private Optional<Submission> last = Optional.empty();

        private Copies(Optional<Recording> recording) {
            this.recording = recording;
        }

        private void close() {
            last.ifPresent(Submission::settle);
            recording.ifPresent(Recording::close);
        }
    }

    Downloads(IssueQueue queue) {
        this.queue = queue;
    }

    /**
     * Queues the copies of a key.
     *
     * @param commands what they are, the first time
     * @return nothing if there is nothing to copy
     */
    Optional<Submission> submit(Key key, Supplier<List<Command>> commands) {
        Copies found = copies.get(key);
        if (found == null) {
            List<Command> list = commands.get();
            found = new Copies(list.isEmpty() ? Optional.empty() : Optional.of(queue.record(list)));
            copies.put(key, found);
            evict();
        }
        Copies ready = found;
        ready.last.ifPresent(Submission::settle);
        ready.last = ready.recording.map(queue::submit);
        return ready.last;
    }

    private void evict() {
        Iterator<Copies> oldest = copies.values().iterator();
        while (copies.size() > MOST) {
            oldest.next().close();
            oldest.remove();
        }
    }

    @Override
    public void close() {
        copies.values().forEach(Copies::close);
        copies.clear();
    }
}
