package dev.quire.kernels.device;

import dev.quire.api.memory.Buffer;
import dev.quire.kernels.portable.PlannedStep;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Steps of shapes that came before, planned and recorded, the least recently used of which go first. */
final class Recordings implements AutoCloseable {
    /** Two slots of every padded size up to 256, twice over for contexts that grow. */
    private static final int MOST = 144;

    private final IssueQueue queue;
    private final Map<Key, Step> steps = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * What a recording depends on.
     *
     * @param shape of the step, from {@link dev.quire.kernels.portable.PortablePlan#shape}
     * @param words where its numbers lie
     * @param tokens what a sampling step chose, if the step reads it
     */
    record Key(Object shape, DeviceMemory words, Optional<Buffer> tokens) {}

    /** A planned and recorded step. */
    static final class Step {
        private final PlannedStep plan;
        private final Recording recording;
        private Optional<Submission> last = Optional.empty();

        private Step(PlannedStep plan, Recording recording) {
            this.plan = plan;
            this.recording = recording;
        }

        PlannedStep plan() {
            return plan;
        }

        private void close() {
            last.ifPresent(Submission::settle);
            recording.close();
        }
    }

    Recordings(IssueQueue queue) {
        this.queue = queue;
    }

    Optional<Step> find(Key key) {
        return Optional.ofNullable(steps.get(key));
    }

    /** Records a step, in place of another that was recorded under the same key. */
    Step record(Key key, PlannedStep plan, List<Command> commands) {
        Step step = new Step(plan, queue.record(commands));
        Optional.ofNullable(steps.put(key, step)).ifPresent(Step::close);
        evict();
        return step;
    }

    /** Submits a recorded step. Waits until it has ended where it still runs. */
    Submission submit(Step step) {
        step.last.ifPresent(Submission::settle);
        Submission submission = queue.submit(step.recording);
        step.last = Optional.of(submission);
        return submission;
    }

    private void evict() {
        Iterator<Step> oldest = steps.values().iterator();
        while (steps.size() > MOST) {
            oldest.next().close();
            oldest.remove();
        }
    }

    @Override
    public void close() {
        steps.values().forEach(Step::close);
        steps.clear();
    }
}
