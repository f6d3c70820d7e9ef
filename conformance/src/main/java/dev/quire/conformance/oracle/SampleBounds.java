package dev.quire.conformance.oracle;

import dev.quire.api.program.Op;
import dev.quire.api.program.Value;
import dev.quire.api.step.SamplingRow;
import dev.quire.api.step.StepBatch;
import java.util.Arrays;
import java.util.Map;

/** What a sampling step's outputs may be: choices exact, log-probabilities within a bound, and anything where rule S9 gives no meaning. */
final class SampleBounds {
    private SampleBounds() {}

    static Map<Value, Matrix> of(Op.Sample op, StepBatch batch, Matrix logits, Bound bound) {
        int rows = batch.logitRowCount();
        Result tokens = Result.copied(new Matrix(rows, 1));
        Result ranks = meaningless(rows, 1);
        Result ids = meaningless(rows, op.topIds().width());
        Result logprobs = meaningless(rows, op.topLogprobs().width());
        for (int r = 0; r < rows; r++) {
            SamplingRow row = batch.sampling().get(r);
            if (row.topLogprobs() >= 0) {
                ranks.set(r, 0, 0, 0);
                double allowed = logprob(batch.logitRows()[r], logits, bound);
                for (int c = 0; c <= Math.min(row.topLogprobs(), logits.width()); c++) {
                    ids.set(r, c, 0, 0);
                    logprobs.set(r, c, 0, allowed);
                }
            }
        }
        return Map.of(
                op.tokens(), tokens.allowed(),
                op.ranks(), ranks.allowed(),
                op.topIds(), ids.allowed(),
                op.topLogprobs(), logprobs.allowed());
    }

    private static Result meaningless(int rows, int width) {
        Result result = Result.blank(rows, width);
        Arrays.fill(result.allowed().data(), Double.NaN);
        return result;
    }

    /** x − max is rounded, and so is the logarithm of one sum of positive terms. */
    private static double logprob(int from, Matrix logits, Bound bound) {
        double most = 0;
        for (int i = 0; i < logits.width(); i++) {
            double size = Math.abs(logits.at(from, i));
            most = Double.isFinite(size) ? Math.max(most, size) : most;
        }
        return bound.norm(logits.width()) + bound.some(1 + most / 8);
    }
}
