package dev.quire.kernels.portable;

import dev.quire.api.step.SamplingRow;
import dev.quire.api.step.SamplingRow.Adjustments;
import dev.quire.api.step.StepBatch;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Sampling rows as the kernels read them: a record of numbers each, and lists of tokens and factors behind the records. */
final class SamplingWords {
    private static final int NONE = -1;

    private SamplingWords() {}

    /** Appends the batch's rows and returns where their records begin. */
    static int append(StepBatch batch, StepWords words) {
        List<SamplingRow> rows = batch.sampling();
        int[] records = new int[rows.size() * Constants.ROW_INTS];
        for (int r = 0; r < rows.size(); r++) {
            int at = r * Constants.ROW_INTS;
            records[at + Constants.ROW_LOGITS] = batch.logitRows()[r];
            numbers(rows.get(r), records, at);
            lists(rows.get(r).adjustments(), records, at, words);
        }
        return words.append(records);
    }

    private static void numbers(SamplingRow row, int[] records, int at) {
        records[at + Constants.ROW_TEMPERATURE] = Float.floatToRawIntBits(row.temperature());
        records[at + Constants.ROW_TOP_K] = row.topK();
        put(fraction(row.topP()), records, at + Constants.ROW_TOP_P);
        records[at + Constants.ROW_TOP_P_CUTS] = row.topP() < 1 ? 1 : 0;
        records[at + Constants.ROW_MIN_P] = Float.floatToRawIntBits(row.minP());
        put(row.key(), records, at + Constants.ROW_KEY);
        put(row.counter(), records, at + Constants.ROW_COUNTER);
        records[at + Constants.ROW_FORCED] = row.forced().orElse(NONE);
        records[at + Constants.ROW_TOP_LOGPROBS] = row.topLogprobs();
        Adjustments a = row.adjustments();
        records[at + Constants.ROW_REPETITION] = Float.floatToRawIntBits(a.repetitionPenalty());
        records[at + Constants.ROW_FREQUENCY] = Float.floatToRawIntBits(a.frequencyPenalty());
        records[at + Constants.ROW_PRESENCE] = Float.floatToRawIntBits(a.presencePenalty());
    }

    private static void lists(Adjustments a, int[] records, int at, StepWords words) {
        int[] penalized = a.repetitionPenalty() == 1
                ? new int[0]
                : IntStream.concat(Arrays.stream(a.seen()), Arrays.stream(a.produced()))
                        .distinct()
                        .toArray();
        int[] biases = new int[a.biases().length];
        for (int i = 0; i < biases.length; i++) {
            biases[i] = Float.floatToRawIntBits(a.biases()[i]);
        }
        list(a.allowed(), new int[0], records, at + Constants.ROW_ALLOWED, words);
        list(penalized, new int[0], records, at + Constants.ROW_PENALIZED, words);
        list(a.produced(), a.counts(), records, at + Constants.ROW_PRODUCED, words);
        list(a.biased(), biases, records, at + Constants.ROW_BIASED, words);
    }

    /** Tokens, then what belongs to each; the record says where and how many. */
    private static void list(int[] tokens, int[] extras, int[] records, int at, StepWords words) {
        records[at] = words.append(tokens);
        records[at + 1] = tokens.length;
        words.append(extras);
    }

    private static void put(long value, int[] records, int at) {
        records[at] = (int) value;
        records[at + 1] = (int) (value >>> 32);
    }

    /** ⌊p · 2⁶⁴⌋ of a p below 1, as an unsigned number; the product is exact in float64. */
    private static long fraction(float p) {
        double scaled = p * 0x1p64;
        return scaled < 0x1p63 ? (long) scaled : (long) (scaled - 0x1p63) + Long.MIN_VALUE;
    }
}
