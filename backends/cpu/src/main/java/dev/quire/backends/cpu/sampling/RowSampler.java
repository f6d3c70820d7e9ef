package dev.quire.backends.cpu.sampling;

import static jdk.incubator.vector.VectorOperators.NE;

import dev.quire.api.step.SamplingRow;
import dev.quire.api.step.SamplingRow.Adjustments;
import dev.quire.backends.cpu.elementwise.ArgMax;
import dev.quire.backends.cpu.elementwise.Exp;
import dev.quire.backends.cpu.elementwise.LaneSum;
import dev.quire.backends.cpu.elementwise.Lanes;
import dev.quire.backends.cpu.elementwise.Log;
import dev.quire.backends.cpu.elementwise.Matrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.BitSet;
import jdk.incubator.vector.FloatVector;

/** Samples one row at a time (RULES, S), with scratch of its own: one per worker. */
final class RowSampler {
    private final Candidates candidates = new Candidates();
    private final float[] logits;
    private final float[] p;
    private final TopTokens top;
    private final LaneSum sums = new LaneSum();
    private final BitSet penalized = new BitSet();

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
        exponentials(logits[best], row.temperature());
        candidates.cut(p, row.topK(), row.topP(), row.minP());
        return draw(best, Philox.bits(row.key(), row.counter()));
    }

    /** The log-probabilities of row {@code at}; read them from {@link #top} and the returned record. */
    Report report(SamplingRow row, Matrix all, int at, int token) {
        load(all, at);
        float max = logits[largest()];
        exponentials(max, 1);
        float log = Log.of(sums.of(MemorySegment.ofArray(p), 0, p.length));
        int rank = 1;
        for (float logit : logits) {
            if (logit > logits[token]) {
                rank++;
            }
        }
        top.find(logits, Math.min(row.topLogprobs(), logits.length));
        return new Report(logits[token], rank, max, log);
    }

    /**
     * What a row reports.
     *
     * @param logit of the chosen token
     * @param rank of the chosen token
     * @param max the largest logit
     * @param log logarithm of the sum of exp(logit − max)
     */
    record Report(float logit, int rank, float max, float log) {
        /** The log-probability of a logit of the row (RULES N19). */
        float logprob(float x) {
            return x - max - log;
        }
    }

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

    /** A token of both lists is penalized once. */
    private void penalizeRepetition(Adjustments a) {
        penalized.clear();
        for (int token : a.seen()) {
            penalize(token, a.repetitionPenalty());
        }
        for (int token : a.produced()) {
            penalize(token, a.repetitionPenalty());
        }
    }

    private void penalize(int token, float penalty) {
        if (!penalized.get(token)) {
            penalized.set(token);
            logits[token] = logits[token] > 0 ? logits[token] / penalty : logits[token] * penalty;
        }
    }

    /** The lowest index of the largest logit; NaN never wins. */
    private int largest() {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            if (logits[i] > logits[best] || Float.isNaN(logits[best]) && !Float.isNaN(logits[i])) {
                best = i;
            }
        }
        return best;
    }

    /** p[i] = exp((logits[i] − max) / temperature), 0 for NaN. */
    private void exponentials(float max, float temperature) {
        int whole = logits.length - logits.length % Lanes.COUNT;
        for (int i = 0; i < whole; i += Lanes.COUNT) {
            FloatVector x =
                    FloatVector.fromArray(Lanes.FLOAT, logits, i).sub(max).div(temperature);
            FloatVector e = Exp.of(x);
            e.blend(0, e.compare(NE, e)).intoArray(p, i);
        }
        for (int i = whole; i < logits.length; i++) {
            float e = Exp.of((logits[i] - max) / temperature);
            p[i] = Float.isNaN(e) ? 0 : e;
        }
    }

    /** The first token, in the order of ids, at which the running mass exceeds the draw; {@code best} where there is none. */
    private int draw(int best, long bits) {
        long drawn = Mass.below(bits, Mass.sum(p));
        long sum = 0;
        for (int i = 0; i < p.length; i++) {
            sum += Mass.of(p[i]);
            if (Mass.exceeds(sum, drawn)) {
                return i;
            }
        }
        return best;
    }
}
