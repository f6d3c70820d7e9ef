package dev.quire.conformance.bits;

import dev.quire.api.program.Op;
import dev.quire.api.program.Value;
import dev.quire.api.step.StepBatch;
import java.util.Arrays;
import java.util.function.BiConsumer;

/** Tokens of a sampling step, and their log-probabilities (RULES S, N19). */
final class BitsSampling {
    private final Op.Sample op;
    private final Canon canon;

    BitsSampling(Op.Sample op, Canon canon) {
        this.op = op;
        this.canon = canon;
    }

    void run(StepBatch batch, Matrix logits, BiConsumer<Value, Matrix> put) {
        int width = logits.width();
        SampledRows rows = new SampledRows(
                op,
                batch,
                row -> Arrays.copyOfRange(logits.data(), row * width, (row + 1) * width),
                new TokenChoice(canon),
                this::logprobs);
        rows.to((output, elements) -> {
            Matrix matrix = new Matrix(batch.logitRowCount(), output.width());
            for (int i = 0; i < elements.length; i++) {
                matrix.data()[i] = (float) elements[i];
            }
            put.accept(output, matrix);
        });
    }

    private SampledRows.Logprobs logprobs(float[] raw) {
        float max = raw[TokenChoice.argmax(raw)];
        float[] e = new float[raw.length];
        for (int i = 0; i < e.length; i++) {
            float each = canon.exp(raw[i] - max);
            e[i] = Float.isNaN(each) ? 0f : each;
        }
        float log = canon.log(canon.sum(e, 0, e.length));
        return token -> raw[token] - max - log;
    }
}
