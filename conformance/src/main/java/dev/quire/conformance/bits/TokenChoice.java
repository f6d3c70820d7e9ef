package dev.quire.conformance.bits;

import dev.quire.api.step.SamplingRow;
import dev.quire.api.step.SamplingRow.Adjustments;
import java.util.Arrays;
import java.util.stream.IntStream;

/** From a row of float32 logits to a token, step by step as RULES S1 to S8 go, with a full sort. Choices are exact, so FAST backends are held to it too. */
public final class TokenChoice {
    private final Canon canon;

    public TokenChoice(Canon canon) {
        this.canon = canon;
    }

    /** The token of a row. {@code raw} is left as it is. */
    public int of(SamplingRow row, float[] raw) {
        if (row.forced().isPresent()) {
            return row.forced().getAsInt();
        }
        float[] logits = adjusted(raw, row.adjustments());
        int best = argmax(logits);
        if (row.temperature() == 0) {
            return best;
        }
        float[] p = new float[logits.length];
        for (int i = 0; i < p.length; i++) {
            float e = canon.exp(canon.tempered(logits[i] - logits[best], row.temperature()));
            p[i] = Float.isNaN(e) ? 0f : e;
        }
        cut(p, row);
        return draw(p, best, Philox.bits(row.key(), row.counter()));
    }

    /** The lowest index of the largest element; NaN never wins (N13). */
    public static int argmax(float[] x) {
        int best = 0;
        for (int i = 1; i < x.length; i++) {
            if (x[i] > x[best] || Float.isNaN(x[best]) && !Float.isNaN(x[i])) {
                best = i;
            }
        }
        return best;
    }

    /** 1 + the number of tokens with a greater logit than {@code token} (S9). */
    public static int rank(float[] raw, int token) {
        int rank = 1;
        for (float logit : raw) {
            rank += logit > raw[token] ? 1 : 0;
        }
        return rank;
    }

    /** p · 2⁴⁰, cut to an integer (S4). */
    private static long mass(float p) {
        return (long) (p * 0x1p40f);
    }

    /** ⌊fraction · mass / 2⁶⁴⌋, all unsigned (S6). */
    private static long below(long fraction, long mass) {
        return Math.unsignedMultiplyHigh(fraction, mass);
    }

    /** ⌊x · 2⁶⁴⌋ as an unsigned number, for x in [0, 1). */
    private static long fraction(float x) {
        double scaled = x * 0x1p64;
        return scaled < 0x1p63 ? (long) scaled : (long) (scaled - 0x1p63) | Long.MIN_VALUE;
    }

    /** Zeroes what the cuts drop (S5 to S7). */
    private static void cut(float[] p, SamplingRow row) {
        if (row.topK() > 0 || row.topP() < 1) {
            int[] order = falling(p);
            for (int i = kept(p, order, row); i < p.length; i++) {
                p[order[i]] = 0f;
            }
        }
        for (int i = 0; i < p.length; i++) {
            p[i] = p[i] < row.minP() ? 0f : p[i];
        }
    }

    /** How many of {@code order} top-k and top-p keep. */
    private static int kept(float[] p, int[] order, SamplingRow row) {
        int kept = row.topK() == 0 ? p.length : Math.min(row.topK(), p.length);
        if (row.topP() >= 1) {
            return kept;
        }
        long whole = 0;
        for (int i = 0; i < kept; i++) {
            whole += mass(p[order[i]]);
        }
        long wanted = below(fraction(row.topP()), whole);
        long sum = 0;
        for (int i = 0; i < kept; i++) {
            sum += mass(p[order[i]]);
            if (Long.compareUnsigned(sum, wanted) > 0) {
                return i + 1;
            }
        }
        return kept;
    }

    /** The first token, in the order of ids, at which the running sum exceeds the draw; {@code best} if there is no mass (S7, S8). */
    private static int draw(float[] p, int best, long fraction) {
        long whole = 0;
        for (float each : p) {
            whole += mass(each);
        }
        long r = below(fraction, whole);
        long sum = 0;
        for (int i = 0; i < p.length; i++) {
            sum += mass(p[i]);
            if (Long.compareUnsigned(sum, r) > 0) {
                return i;
            }
        }
        return best;
    }

    /** A copy with penalties, biases and bans (S2). */
    private static float[] adjusted(float[] raw, Adjustments a) {
        float[] logits = raw.clone();
        if (a.allowed().length > 0) {
            Arrays.fill(logits, Float.NEGATIVE_INFINITY);
            for (int token : a.allowed()) {
                logits[token] = raw[token];
            }
        }
        IntStream.concat(Arrays.stream(a.seen()), Arrays.stream(a.produced()))
                .distinct()
                .forEach(token -> logits[token] = logits[token] > 0
                        ? logits[token] / a.repetitionPenalty()
                        : logits[token] * a.repetitionPenalty());
        for (int i = 0; i < a.produced().length; i++) {
            float penalty = a.frequencyPenalty() * a.counts()[i] + a.presencePenalty();
            logits[a.produced()[i]] = logits[a.produced()[i]] - penalty;
        }
        for (int i = 0; i < a.biased().length; i++) {
            logits[a.biased()[i]] = logits[a.biased()[i]] + a.biases()[i];
        }
        return logits;
    }

    /** Indexes by falling value, the lower index first among equals, NaN after all others (S5, S9). */
    public static int[] falling(float[] x) {
        long[] keys = new long[x.length];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = (long) -sortable(x[i]) << 32 | i;
        }
        Arrays.sort(keys);
        return Arrays.stream(keys).mapToInt(key -> (int) key).toArray();
    }

    /** An integer that orders floats as their values do: equal for both zeros, least for NaN. */
    private static int sortable(float x) {
        if (Float.isNaN(x)) {
            return -Integer.MAX_VALUE;
        }
        int bits = Float.floatToRawIntBits(x);
        return bits >= 0 ? bits : -(bits & Integer.MAX_VALUE);
    }
}
