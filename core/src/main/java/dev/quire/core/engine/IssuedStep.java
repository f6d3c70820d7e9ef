package dev.quire.core.engine;

import dev.quire.core.model.SampledRows;
import dev.quire.core.model.StepInFlight;
import dev.quire.core.request.SampledToken;
import dev.quire.core.request.TokenLogprobs;
import dev.quire.core.scheduler.Scheduler;
import dev.quire.core.scheduler.Sequence;
import dev.quire.core.scheduler.StepPlan;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiConsumer;

/**
 * A step on the engine's books.
 *
 * @param step what was issued
 * @param rows its sampling rows
 * @param choices who gets each of the plan's samples, as of the issue
 * @param issuedAt {@link System#nanoTime}
 */
record IssuedStep(StepInFlight step, SamplingRows rows, List<Choice> choices, long issuedAt) {
    static IssuedStep of(StepInFlight step, SamplingRows rows, Map<Sequence, Choice> known) {
        List<Choice> choices = step.plan().samples().stream()
                .map(sample -> known.get(sample.sequence()))
                .toList();
        return new IssuedStep(step, rows, choices, System.nanoTime());
    }

    StepPlan plan() {
        return step.plan();
    }

    /** Tells the scheduler what was sampled, then hands the prompt scores and the accepted tokens over. */
    void deliver(Scheduler scheduler, BiConsumer<Choice, SampledToken> taker) {
        SampledRows sampled = step.rows();
        List<StepPlan.Sample> samples = plan().samples();
        int[] tokens = new int[samples.size()];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = sampled.token(i);
        }
        List<StepPlan.Sample> accepted = scheduler.complete(plan(), tokens);
        for (int i = 0; i < rows.scored().size(); i++) {
            SamplingRows.Scored scored = rows.scored().get(i);
            int top = scored.request().request.sampling().promptLogprobs().orElseThrow();
            scored.request().promptScore(scored.position(), sampled.logprobs(tokens.length + i, top));
        }
        for (int i = 0, next = 0; i < tokens.length && next < accepted.size(); i++) {
            if (accepted.get(next) == samples.get(i)) {
                next++;
                taker.accept(choices.get(i), token(choices.get(i), i, sampled));
            }
        }
    }

    private static SampledToken token(Choice choice, int row, SampledRows sampled) {
        OptionalInt top = choice.request.request.sampling().logprobs();
        Optional<TokenLogprobs> logprobs =
                top.isPresent() ? Optional.of(sampled.logprobs(row, top.getAsInt())) : Optional.empty();
        return new SampledToken(sampled.token(row), logprobs);
    }
}
