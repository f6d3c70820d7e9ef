package dev.quire.core.engine;

import dev.quire.api.step.SamplingRow;
import dev.quire.core.sampling.Sampler;
import dev.quire.core.scheduler.Sequence;
import dev.quire.core.scheduler.StepPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The rows of a plan's sampling step: first its samples, then the prompt tokens to be scored.
 *
 * @param rows how each is sampled
 * @param logitRows the row of logits that each reads
 * @param scored the prompt tokens that the rows behind the samples score
 */
record SamplingRows(List<SamplingRow> rows, int[] logitRows, List<Scored> scored) {
    /** The prompt token at {@code position} of a request. */
    record Scored(ActiveRequest request, int position) {}

    static SamplingRows of(StepPlan plan, Map<Sequence, Choice> choices) {
        List<SamplingRow> rows = new ArrayList<>();
        List<Integer> logitRows = new ArrayList<>();
        List<Scored> scored = new ArrayList<>();
        for (StepPlan.Sample sample : plan.samples()) {
            Choice choice = choices.get(sample.sequence());
            rows.add(choice.sampler.row(sample.position() - sample.sequence().promptLength(), choice));
            logitRows.add(sample.logitRow());
        }
        for (StepPlan.Run run : plan.runs()) {
            ActiveRequest request = choices.get(run.sequence()).request;
            int top = request.request.sampling().promptLogprobs().orElse(-1);
            for (int r = 0; top >= 0 && r < run.logitRows(); r++) {
                int target = run.end() - run.logitRows() + r + 1;
                if (target < run.sequence().promptLength()) {
                    rows.add(Sampler.promptRow(run.sequence().token(target), top));
                    logitRows.add(run.firstLogitRow() + r);
                    scored.add(new Scored(request, target));
                }
            }
        }
        return new SamplingRows(
                rows, logitRows.stream().mapToInt(Integer::intValue).toArray(), scored);
    }
}
