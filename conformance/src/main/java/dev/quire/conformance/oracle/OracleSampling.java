package dev.quire.conformance.oracle;

import dev.quire.api.program.Op;
import dev.quire.api.program.Value;
import dev.quire.api.step.SamplingRow;
import dev.quire.api.step.StepBatch;
import dev.quire.conformance.bits.Canon;
import dev.quire.conformance.bits.TokenChoice;
import java.util.function.BiConsumer;

/**
 * RULES S. Tokens and ranks are exact in every mode, so they come from the written float32 arithmetic on the logits as a buffer holds them;
 * log-probabilities are float64.
 */
final class OracleSampling {
    private static final TokenChoice CHOICE = new TokenChoice(new Canon());

    private OracleSampling() {}

    static void run(Op.Sample op, StepBatch batch, Matrix logits, BiConsumer<Value, Matrix> put) {
        int rows = batch.logitRowCount();
        Matrix tokens = new Matrix(rows, 1);
        Matrix ranks = new Matrix(rows, 1);
        Matrix topIds = new Matrix(rows, op.topIds().width());
        Matrix topLogprobs = new Matrix(rows, op.topIds().width());
        for (int r = 0; r < rows; r++) {
            SamplingRow row = batch.sampling().get(r);
            float[] raw = new float[logits.width()];
            for (int i = 0; i < raw.length; i++) {
                raw[i] = (float) logits.at(batch.logitRows()[r], i);
            }
            int token = CHOICE.of(row, raw);
            tokens.set(r, 0, token);
            if (row.topLogprobs() >= 0) {
                ranks.set(r, 0, TokenChoice.rank(raw, token));
                report(raw, token, row.topLogprobs(), r, topIds, topLogprobs);
            }
        }
        put.accept(op.tokens(), tokens);
        put.accept(op.ranks(), ranks);
        put.accept(op.topIds(), topIds);
        put.accept(op.topLogprobs(), topLogprobs);
    }

    private static void report(float[] raw, int token, int alternatives, int r, Matrix topIds, Matrix topLogprobs) {
        double max = raw[TokenChoice.argmax(raw)];
        double sum = 0;
        for (float x : raw) {
            double e = StrictMath.exp(x - max);
            sum += Double.isNaN(e) ? 0 : e;
        }
        double log = max + StrictMath.log(sum);
        topIds.set(r, 0, token);
        topLogprobs.set(r, 0, raw[token] - log);
        int[] order = alternatives == 0 ? new int[0] : TokenChoice.falling(raw);
        for (int i = 0; i < Math.min(alternatives, order.length); i++) {
            topIds.set(r, 1 + i, order[i]);
            topLogprobs.set(r, 1 + i, raw[order[i]] - log);
        }
    }
}
