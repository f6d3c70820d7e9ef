package dev.quire.backends.cpu.sampling;

import static jdk.incubator.vector.VectorOperators.ADD;

import dev.quire.api.step.SamplingRow;
import dev.quire.api.step.SamplingRow.Adjustments;
import dev.quire.backends.cpu.elementwise.ArgMax;
import dev.quire.backends.cpu.elementwise.Exp;
import dev.quire.backends.cpu.elementwise.Lanes;
import dev.quire.backends.cpu.elementwise.Matrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** Samples one row at a time (RULES, S), with scratch of its own: one per worker. */
final class RowSampler {
    private final Candidates candidates = new Candidates();
    private final float[] logits;
    private final float[] p;
    private final TopTokens top;

    /** @param mostAlternatives largest number of alternatives that a row may ask for */
    RowSampler(int vocabulary, int mostAlternatives) {
        this.logits = new float[vocabulary];
        this.p = new float[vocabulary];
        this.top = new TopTokens(mostAlternatives);
    }

    /** The token of row {@code at} of {@code all}. */
    int token(SamplingRow row, Matrix all, int at) {
        if (row.forced().isPresent()) {
            return row.forced().getAsInt();
        }
        boolean plain = row.adjustments() == Adjustments.NONE;
        if (plain && row.temperature() == 0) {
            return ArgMax.of(all, at, logits.length);
        }
        load(all, at);
        adjust(row.adjustments());
        int best = largest();
        if (row.temperature() == 0) {
            return best;
        }
        exponentials(logits[best], 1 / row.temperature());
        candidates.cut(p, row.topK(), row.topP(), row.minP());
        return draw(Philox.uniform(row.key(), row.counter()));
    }

    /** The log-probabilities of row {@code at}; read them from {@link #top} and the returned record. */
    Report report(SamplingRow row, Matrix all, int at, int token) {
        load(all, at);
        float max = logits[largest()];
        exponentials(max, 1);
        double log = max + Math.log(mass());
        int rank = 1;
        for (float logit : logits) {
            if (logit > logits[token]) {
                rank++;
            }
        }
        top.find(logits, Math.min(row.topLogprobs(), logits.length));
        return new Report(logits[token], rank, log);
    }

    /**
     * What a row reports.
     *
     * @param logit of the chosen token
     * @param rank of the chosen token
     * @param logSum what to subtract from a logit to get its log-probability
     */
    record Report(float logit, int rank, double logSum) {}

    TopTokens top() {
        return top;
    }

    private void load(Matrix all, int at) {
        MemorySegment.copy(all.memory(), ValueLayout.JAVA_FLOAT_UNALIGNED, all.at(at), logits, 0, logits.length);
    }

    private void adjust(Adjustments a) {
        if (a.allowed().length > 0) {
            float[] kept = new float[a.allowed().length];
            for (int i = 0; i < kept.length; i++) {
                kept[i] = logits[a.allowed()[i]];
            }
            Arrays.fill(logits, Float.NEGATIVE_INFINITY);
            for (int i = 0; i < kept.length; i++) {
                logits[a.allowed()[i]] = kept[i];
            }
        }
        if (a.repetitionPenalty() != 1) {
            penalizeRepetition(a);
        }
        for (int i = 0; i < a.produced().length; i++) {
            logits[a.produced()[i]] -= a.frequencyPenalty() * a.counts()[i] + a.presencePenalty();
        }
        for (int i = 0; i < a.biased().length; i++) {
            logits[a.biased()[i]] += a.biases()[i];
        }
    }

    /** {@code seen} is sorted, so that a token of both lists is penalized once. */
    private void penalizeRepetition(Adjustments a) {
        for (int token : a.seen()) {
            penalize(token, a.repetitionPenalty());
        }
        for (int token : a.produced()) {
            if (Arrays.binarySearch(a.seen(), token) < 0) {
                penalize(token, a.repetitionPenalty());
            }
        }
    }

    private void penalize(int token, float penalty) {
        logits[token] = logits[token] > 0 ? logits[token] / penalty : logits[token] * penalty;
    }

    /** The lowest index of the largest logit; NaN never wins. */
    private int largest() {
        int best = 0;
        float value = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < logits.length; i++) {
            if (logits[i] > value) {
                value = logits[i];
                best = i;
            }
        }
        return best;
    }

    /** p[i] = exp((logits[i] − max) · factor), 0 for NaN. */
    private void exponentials(float max, float factor) {
        int whole = logits.length - logits.length % Lanes.COUNT;
        for (int i = 0; i < whole; i += Lanes.COUNT) {
            FloatVector x =
                    FloatVector.fromArray(Lanes.FLOAT, logits, i).sub(max).mul(factor);
            FloatVector e = Exp.of(x);
            e.blend(0, e.compare(jdk.incubator.vector.VectorOperators.NE, e)).intoArray(p, i);
        }
        for (int i = whole; i < logits.length; i++) {
            float e = Exp.of((logits[i] - max) * factor);
            p[i] = Float.isNaN(e) ? 0 : e;
        }
    }

    private double mass() {
        int whole = p.length - p.length % Lanes.COUNT;
        double sum = 0;
        for (int i = 0; i < whole; i += Lanes.COUNT) {
            sum += FloatVector.fromArray(Lanes.FLOAT, p, i).reduceLanes(ADD);
        }
        for (int i = whole; i < p.length; i++) {
            sum += p[i];
        }
        return sum;
    }

    /** The first token, in the order of ids, at which the running sum exceeds u times the whole. */
    private int draw(double u) {
        double total = 0;
        for (float value : p) {
            total += value;
        }
        double target = u * total;
        double sum = 0;
        int last = 0;
        for (int i = 0; i < p.length; i++) {
            if (p[i] > 0) {
                sum += p[i];
                last = i;
                if (sum > target) {
                    return i;
                }
            }
        }
        return last;
    }
}
