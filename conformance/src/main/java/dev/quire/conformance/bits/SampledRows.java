package dev.quire.conformance.bits;

import dev.quire.api.program.Op;
import dev.quire.api.program.Value;
import dev.quire.api.step.SamplingRow;
import dev.quire.api.step.StepBatch;
import java.util.function.IntFunction;

/** The outputs of a sampling step (RULES S), whoever computes its log-probabilities. */
public final class SampledRows {
    private final Op.Sample op;
    private final double[] tokens;
    private final double[] ranks;
    private final double[] topIds;
    private final double[] topLogprobs;

    /** Log-probabilities of one row of logits. */
    @FunctionalInterface
    public interface Logprobs {
        double of(int token);
    }

    /** Makes the log-probabilities of a row of logits (S9). */
    @FunctionalInterface
    public interface Scoring {
        Logprobs of(float[] raw);
    }

    /** Takes an output's elements, row-major. */
    @FunctionalInterface
    public interface Sink {
        void put(Value output, double[] elements);
    }

    /**
     * Samples every row of a step.
     *
     * @param logits the logits of row i of the op's input, in an array that is left as it is
     */
    public SampledRows(
            Op.Sample op, StepBatch batch, IntFunction<float[]> logits, TokenChoice choice, Scoring scoring) {
        int rows = batch.logitRowCount();
        this.op = op;
        this.tokens = new double[rows];
        this.ranks = new double[rows];
        this.topIds = new double[rows * op.topIds().width()];
        this.topLogprobs = new double[topIds.length];
        for (int r = 0; r < rows; r++) {
            SamplingRow row = batch.sampling().get(r);
            float[] raw = logits.apply(batch.logitRows()[r]);
            int token = choice.of(row, raw);
            tokens[r] = token;
            if (row.topLogprobs() >= 0) {
                ranks[r] = TokenChoice.rank(raw, token);
                report(raw, token, row.topLogprobs(), r * op.topIds().width(), scoring.of(raw));
            }
        }
    }

    private void report(float[] raw, int token, int alternatives, int at, Logprobs logprobs) {
        int[] order = alternatives == 0 ? new int[0] : TokenChoice.falling(raw);
        int[] ids = new int[1 + Math.min(alternatives, order.length)];
        ids[0] = token;
        System.arraycopy(order, 0, ids, 1, ids.length - 1);
        for (int i = 0; i < ids.length; i++) {
            topIds[at + i] = ids[i];
            topLogprobs[at + i] = logprobs.of(ids[i]);
        }
    }

    /** Hands every output over. */
    public void to(Sink sink) {
        sink.put(op.tokens(), tokens);
        sink.put(op.ranks(), ranks);
        sink.put(op.topIds(), topIds);
        sink.put(op.topLogprobs(), topLogprobs);
    }
}
