package dev.quire.conformance.cases;

import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.Program;
import dev.quire.api.step.StepBatch;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One thing to run and compare.
 *
 * @param name op, variant and shape
 * @param layout the cache, if an op needs one
 * @param steps in order over the same cache; the outputs of the last are compared
 * @param bound how far a row of a float output may be off
 */
record OpCase(String name, Optional<KvCacheLayout> layout, List<Step> steps, Bound bound) {
    /**
     * A step of a case.
     *
     * @param inputs elements of each input that the batch does not fill, by name
     */
    record Step(Program program, StepBatch batch, Map<String, float[]> inputs) {}

    /** The step that the case is about. */
    Step subject() {
        return steps.getLast();
    }
}
