package dev.quire.kernels.portable;

import dev.quire.api.step.StepBatch;
import java.util.List;
import java.util.Optional;

/** A step's launches, and how to gather the words of later steps that have the same ones. One thread. */
public final class PlannedStep {
    private final StepWords words;
    private final Launches launches;

    PlannedStep(StepWords words, List<KernelLaunch> launches) {
        this.words = words;
        this.launches = new Launches(words.toArray(), launches);
    }

    /** The work of the step that it was planned for. */
    public Launches launches() {
        return launches;
    }

    /**
     * The words of another step of the same {@linkplain PortablePlan#shape shape}.
     *
     * @return nothing if they are laid out in another way, so that the step has other launches
     * @throws dev.quire.api.BackendException of kind STEP_FAILED if it names what is not there
     */
    public Optional<int[]> words(StepBatch batch) {
        return words.again(batch);
    }
}
