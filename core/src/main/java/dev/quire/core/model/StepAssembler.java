package dev.quire.core.model;

import dev.quire.api.step.GroupStep;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepTokens;
import dev.quire.api.step.Ticket;
import dev.quire.core.scheduler.StepPlan;
import dev.quire.core.scheduler.StepPlan.Run;
import dev.quire.core.scheduler.StepPlan.TokenOrigin;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/** Writes a plan out as the arrays of a step. */
final class StepAssembler {
    private StepAssembler() {}

    /** @param sampling the sampling ticket of a step in flight, by its number */
    static StepBatch assemble(StepPlan plan, LongFunction<Ticket> sampling) {
        List<Run> runs = plan.runs();
        int[] ids = new int[plan.tokens()];
        int[] positions = new int[plan.tokens()];
        int[] slots = new int[plan.tokens()];
        int[] starts = new int[runs.size() + 1];
        int[] contexts = new int[runs.size()];
        int[] logitRows = new int[plan.logitRows()];
        int stride = runs.stream().mapToInt(run -> run.table().size()).max().orElse(0);
        int[] tables = new int[runs.size() * stride];
        Optional<Ticket> source = Optional.empty();
        int at = 0;
        for (int s = 0; s < runs.size(); s++) {
            Run run = runs.get(s);
            int known = run.count();
            if (run.lastToken() instanceof TokenOrigin.SampledBy(long step, int sample)) {
                known--;
                ids[at + known] = ~sample;
                source = Optional.of(sampling.apply(step));
            }
            run.sequence().copyTokens(run.first(), known, ids, at);
            run.table().copyTo(run.table().size(), tables, s * stride);
            for (int i = 0; i < run.count(); i++) {
                positions[at + i] = run.first() + i;
                slots[at + i] = run.table().slot(run.first() + i);
            }
            for (int r = 0; r < run.logitRows(); r++) {
                logitRows[run.firstLogitRow() + r] = at + run.count() - run.logitRows() + r;
            }
            at += run.count();
            starts[s + 1] = at;
            contexts[s] = run.end();
        }
        GroupStep group = new GroupStep(contexts, tables, stride, slots);
        return new StepBatch(
                new StepTokens(ids, source), positions, starts, logitRows, new int[0], List.of(group), List.of());
    }
}
