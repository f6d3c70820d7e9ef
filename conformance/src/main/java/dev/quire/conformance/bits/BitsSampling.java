package dev.quire.conformance.bits;

import dev.quire.api.program.Op;
import dev.quire.api.program.Value;
import dev.quire.api.step.SamplingRow;
import dev.quire.api.step.StepBatch;
import java.util.Arrays;
import java.util.function.BiConsumer;

/** Tokens of a sampling step, and their log-probabilities (RULES S, N19). */
final class BitsSampling {
    private final Op.Sample op;
    private final Canon canon;
    private final TokenChoice choice;

    BitsSampling(Op.Sample op, Canon canon) {
        this.op = op;
        this.canon = canon;
        this.choice = new TokenChoice(canon);
    }

    void run(StepBatch batch, Matrix logits, BiConsumer<Value, Matrix> put) {
        int rows = batch.logitRowCount();
        Matrix tokens = new Matrix(rows, 1);
        Matrix ranks = new Matrix(rows, 1);
        Matrix topIds = new Matrix(rows, op.topIds().width());
        Matrix topLogprobs = new Matrix(rows, op.topIds().width());
        for (int r = 0; r < rows; r++) {
            SamplingRow row = batch.sampling().get(r);
            int from = batch.logitRows()[r] * logits.width();
            float[] raw = Arrays.copyOfRange(logits.data(), from, from + logits.width());
            int token = choice.of(row, raw);
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

    private void report(float[] raw, int token, int alternatives, int r, Matrix topIds, Matrix topLogprobs) {
        float max = raw[TokenChoice.argmax(raw)];
        float[] e = new float[raw.length];
        for (int i = 0; i < e.length; i++) {
            float each = canon.exp(raw[i] - max);
            e[i] = Float.isNaN(each) ? 0f : each;
        }
        float log = canon.log(canon.sum(e, 0, e.length));
        topIds.set(r, 0, token);
        topLogprobs.set(r, 0, raw[token] - max - log);
        int[] order = alternatives == 0 ? new int[0] : TokenChoice.falling(raw);
        for (int i = 0; i < Math.min(alternatives, order.length); i++) {
            topIds.set(r, 1 + i, order[i]);
            topLogprobs.set(r, 1 + i, raw[order[i]] - max - log);
        }
    }
}
