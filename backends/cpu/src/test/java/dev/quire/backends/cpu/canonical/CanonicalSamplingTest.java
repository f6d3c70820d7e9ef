package dev.quire.backends.cpu.canonical;

import dev.quire.api.program.Program;
import dev.quire.api.step.SamplingRow;
import dev.quire.api.step.SamplingRow.Adjustments;
import dev.quire.api.step.StepBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CanonicalSamplingTest {
    private static final long SEED = Long.getLong("quire.seed", 4711);
    private static final int ROWS = 8;
    private static final int ALTERNATIVES = 6;

    private final Random random = new Random(SEED);

    @Test
    void tokensRanksAndLogProbabilitiesAreThoseOfTheInterpreter() { // S1 to S9, N19
        try (TwoBackends backends = new TwoBackends()) {
            for (int i = 0; i < 60; i++) {
                int vocabulary = random.nextInt(10) == 0 ? 49_152 : random.nextInt(2, 700);
                backends.assertSameBits(trial(vocabulary), "vocabulary %d, seed %d".formatted(vocabulary, SEED));
            }
        }
    }

    /** Every row asks for all alternatives, since what is not asked for means nothing. */
    private Trial trial(int vocabulary) {
        int alternatives = Math.min(ALTERNATIVES, vocabulary);
        Program program = Program.sampling(vocabulary, alternatives);
        List<SamplingRow> rows = new ArrayList<>();
        int[] from = new int[2 * ROWS];
        for (int r = 0; r < from.length; r++) {
            from[r] = random.nextInt(ROWS);
            rows.add(row(vocabulary, alternatives));
        }
        return Trial.of(program, ref -> null, StepBatch.sampling(from, rows), Map.of("logits", logits(vocabulary)));
    }

    private SamplingRow row(int vocabulary, int alternatives) {
        return new SamplingRow(
                random.nextInt(5) == 0 ? 0 : 0.05f + 2 * random.nextFloat(),
                random.nextInt(3) == 0 ? random.nextInt(1, 2 * vocabulary) : 0,
                random.nextInt(3) == 0 ? (float) Math.pow(random.nextDouble(), random.nextInt(1, 12)) : 1,
                random.nextInt(3) == 0 ? random.nextFloat() / 4 : 0,
                random.nextLong(),
                random.nextLong(),
                random.nextInt(10) == 0 ? OptionalInt.of(random.nextInt(vocabulary)) : OptionalInt.empty(),
                alternatives,
                random.nextBoolean() ? Adjustments.NONE : adjustments(vocabulary));
    }

    private Adjustments adjustments(int vocabulary) {
        int[] produced = tokens(vocabulary);
        int[] biased = tokens(vocabulary);
        float[] biases = new float[biased.length];
        for (int i = 0; i < biases.length; i++) {
            biases[i] = random.nextInt(5) == 0 ? Float.NEGATIVE_INFINITY : (float) random.nextGaussian();
        }
        return new Adjustments(
                random.nextBoolean() ? 1 : 0.5f + random.nextFloat(),
                random.nextBoolean() ? 0 : random.nextFloat(),
                random.nextBoolean() ? 0 : random.nextFloat(),
                tokens(vocabulary),
                produced,
                random.ints(produced.length, 1, 30).toArray(),
                biased,
                biases,
                random.nextInt(4) == 0 ? tokens(vocabulary) : new int[0]);
    }

    /** Distinct, in no order. */
    private int[] tokens(int vocabulary) {
        return random.ints(random.nextInt(12), 0, vocabulary).distinct().toArray();
    }

    /** Rows of logits: plain ones, many equal ones, all but one banned, and now and then something that is no number. */
    private float[] logits(int vocabulary) {
        float[] all = new float[ROWS * vocabulary];
        for (int row = 0; row < ROWS; row++) {
            int kind = random.nextInt(6);
            int lonely = random.nextInt(vocabulary);
            for (int i = 0; i < vocabulary; i++) {
                all[row * vocabulary + i] = switch (kind) {
                    case 0 -> Math.round(2 * random.nextGaussian()) * (random.nextBoolean() ? 1f : -1f);
                    case 1 -> i == lonely ? 1f : Float.NEGATIVE_INFINITY;
                    case 2 -> random.nextInt(20) == 0 ? Float.NaN : (float) random.nextGaussian();
                    case 3 -> (float) (30 * random.nextGaussian());
                    default -> (float) (3 * random.nextGaussian());
                };
            }
            if (random.nextInt(12) == 0) {
                float infinity = random.nextBoolean() ? Float.POSITIVE_INFINITY : Float.NaN;
                Arrays.fill(all, row * vocabulary, (row + 1) * vocabulary, infinity);
            }
        }
        return all;
    }
}
