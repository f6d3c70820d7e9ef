package dev.quire.conformance.oracle;

import dev.quire.api.program.Op;
import dev.quire.api.program.Value;
import dev.quire.api.step.SamplingRow;
import dev.quire.api.step.SamplingRow.Adjustments;
import dev.quire.api.step.StepBatch;
import java.util.Arrays;
import java.util.Comparator;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;

/** RULES S, step by step, with a full sort. */
final class OracleSampling {
    private OracleSampling() {}

    static void run(Op.Sample op, StepBatch batch, Matrix logits, BiConsumer<Value, Matrix> put) {
        int rows = batch.logitRowCount();
        Matrix tokens = new Matrix(rows, 1);
        Matrix ranks = new Matrix(rows, 1);
        Matrix topIds = new Matrix(rows, op.topIds().width());
        Matrix topLogprobs = new Matrix(rows, op.topIds().width());
        for (int r = 0; r < rows; r++) {
            SamplingRow row = batch.sampling().get(r);
            int from = batch.logitRows()[r] * logits.width();
            double[] raw = Arrays.copyOfRange(logits.data(), from, from + logits.width());
            int token = row.forced().isPresent() ? row.forced().getAsInt() : choose(row, raw);
            tokens.set(r, 0, token);
            if (row.topLogprobs() >= 0) {
                report(row, raw, token, r, ranks, topIds, topLogprobs);
            }
        }
        put.accept(op.tokens(), tokens);
        put.accept(op.ranks(), ranks);
        put.accept(op.topIds(), topIds);
        put.accept(op.topLogprobs(), topLogprobs);
    }

    private static void report(
            SamplingRow row, double[] raw, int token, int r, Matrix ranks, Matrix topIds, Matrix topLogprobs) {
        double max = Arrays.stream(raw).max().orElseThrow();
        double log = max
                + Math.log(Arrays.stream(raw).map(x -> StrictMath.exp(x - max)).sum());
        Integer[] order = falling(raw);
        ranks.set(r, 0, 1 + Arrays.stream(raw).filter(x -> x > raw[token]).count());
        topIds.set(r, 0, token);
        topLogprobs.set(r, 0, raw[token] - log);
        for (int i = 0; i < Math.min(row.topLogprobs(), raw.length); i++) {
            topIds.set(r, 1 + i, order[i]);
            topLogprobs.set(r, 1 + i, raw[order[i]] - log);
        }
    }

    private static int choose(SamplingRow row, double[] raw) {
        double[] logits = adjust(raw.clone(), row.adjustments());
        Integer[] order = falling(logits);
        if (row.temperature() == 0) {
            return order[0];
        }
        double max = logits[order[0]];
        double[] p = Arrays.stream(logits)
                .map(x -> StrictMath.exp((x - max) / row.temperature()))
                .toArray();
        int kept = row.topK() == 0 ? p.length : Math.min(row.topK(), p.length);
        if (row.topP() < 1) {
            double mass = 0;
            for (int i = 0; i < kept; i++) {
                mass += p[order[i]];
            }
            double sum = 0;
            for (int i = 0; i < kept; i++) {
                sum += p[order[i]];
                if (sum >= row.topP() * mass) {
                    kept = i + 1;
                }
            }
        }
        double[] candidates = new double[p.length];
        for (int i = 0; i < kept; i++) {
            if (p[order[i]] >= row.minP()) {
                candidates[order[i]] = p[order[i]];
            }
        }
        return draw(candidates, Philox.uniform(row.key(), row.counter()));
    }

    /** The first token, in the order of ids, at which the running sum exceeds u times the whole. */
    private static int draw(double[] p, double u) {
        double target = u * Arrays.stream(p).sum();
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

    private static double[] adjust(double[] logits, Adjustments a) {
        if (a.allowed().length > 0) {
            double[] all = logits.clone();
            Arrays.fill(logits, Double.NEGATIVE_INFINITY);
            for (int token : a.allowed()) {
                logits[token] = all[token];
            }
        }
        IntStream.concat(Arrays.stream(a.seen()), Arrays.stream(a.produced()))
                .distinct()
                .forEach(token -> logits[token] = logits[token] > 0
                        ? logits[token] / a.repetitionPenalty()
                        : logits[token] * a.repetitionPenalty());
        for (int i = 0; i < a.produced().length; i++) {
            logits[a.produced()[i]] -= a.frequencyPenalty() * a.counts()[i] + a.presencePenalty();
        }
        for (int i = 0; i < a.biased().length; i++) {
            logits[a.biased()[i]] += a.biases()[i];
        }
        return logits;
    }

    /** Indexes by falling value, lower index first among equals; NaN last. */
    private static Integer[] falling(double[] values) {
        Integer[] order = IntStream.range(0, values.length).boxed().toArray(Integer[]::new);
        Comparator<Integer> byValue =
                Comparator.comparingDouble(i -> Double.isNaN(values[i]) ? Double.NEGATIVE_INFINITY : values[i]);
        Arrays.sort(order, byValue.reversed().thenComparing(Comparator.naturalOrder()));
        return order;
    }
}
