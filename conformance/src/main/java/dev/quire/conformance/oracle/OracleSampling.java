package dev.quire.conformance.oracle;

import dev.quire.api.program.Op;
import dev.quire.api.program.Value;
import dev.quire.api.step.StepBatch;
import dev.quire.conformance.bits.Canon;
import dev.quire.conformance.bits.SampledRows;
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
        new SampledRows(op, batch, row -> floats(logits, row), CHOICE, OracleSampling::logprobs)
                .to((output, elements) ->
                        put.accept(output, new Matrix(batch.logitRowCount(), output.width(), elements)));
    }

    private static float[] floats(Matrix logits, int row) {
        float[] raw = new float[logits.width()];
        for (int i = 0; i < raw.length; i++) {
            raw[i] = (float) logits.at(row, i);
        }
        return raw;
    }

    private static SampledRows.Logprobs logprobs(float[] raw) {
        double max = raw[TokenChoice.argmax(raw)];
        double sum = 0;
        for (float x : raw) {
            double e = StrictMath.exp(x - max);
            sum += Double.isNaN(e) ? 0 : e;
        }
        double log = max + StrictMath.log(sum);
        return token -> raw[token] - log;
    }
}
