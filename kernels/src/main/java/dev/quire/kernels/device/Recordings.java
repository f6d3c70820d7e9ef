package dev.quire.kernels.device;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Recordings of step shapes that came before, the least recently used of which go first. */
final class Recordings implements AutoCloseable {
    private static final int MOST = 64;

    private final IssueQueue queue;
    private final Map<List<Command>, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

    private static final class Entry {
        private final Recording recording;
        private Optional<Submission> last = Optional.empty();

        Entry(Recording recording) {
            this.recording = recording;
        }

        void close() {
            last.ifPresent(Submission::settle);
            recording.close();
        }
    }

    Recordings(IssueQueue queue) {
        this.queue = queue;
    }

    /** Submits commands, recorded now unless they were before. */
    Submission submit(List<Command> commands) {
        Entry entry = entries.get(commands);
        if (entry == null) {
            entry = new Entry(queue.record(commands));
            entries.put(commands, entry);
            evict();
        }
        entry.last.ifPresent(Submission::settle);
        Submission submission = queue.submit(entry.recording);
        entry.last = Optional.of(submission);
        return submission;
    }

    private void evict() {
        Iterator<Entry> oldest = entries.values().iterator();
        while (entries.size() > MOST) {
            oldest.next().close();
            oldest.remove();
        }
    }

    @Override
    public void close() {
        entries.values().forEach(Entry::close);
        entries.clear();
    }
}
