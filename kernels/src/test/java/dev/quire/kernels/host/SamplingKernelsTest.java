package dev.quire.kernels.host;

import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import dev.quire.api.step.SamplingRow;
import dev.quire.api.step.SamplingRow.Adjustments;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepTokens;
import dev.quire.api.types.WeightFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens, ranks and log-probabilities have the bits of the scalar definition (RULES, S and N19). */
class SamplingKernelsTest {
    private static final long SEED = Long.getLong("quire.seed", 4711);
    private static final int TOP = 5;

    private final Random random = new Random(SEED);

    @BeforeAll
    static void aCompilerIsThere() {
        Twins.assumeCompiler();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 97, 256, 1000, 5003})
    void everyWayToSampleChoosesTheDefinedToken(int vocabulary) { // S1 to S9
        for (int round = 0; round < 4; round++) {
            int rows = 48;
            int logitRows = 8;
            int[] from = random.ints(rows, 0, logitRows).toArray();
            List<SamplingRow> sampling = new ArrayList<>();
            for (int r = 0; r < rows; r++) {
                sampling.add(row(vocabulary));
            }
            float[] logits = new float[logitRows * vocabulary];
            for (int i = 0; i < logits.length; i++) {
                logits[i] = logit(i / vocabulary);
            }
            try (Twins twins = new Twins(Optional.empty())) {
                Program program = Program.sampling(vocabulary, TOP);
                StepBatch batch = StepBatch.sampling(from, sampling);
                twins.run(program, Numbers.weights(SEED), batch, Map.of("logits", logits));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8192, 20_011, 32_768, 131_072})
    void fewRowsOfALargeVocabularyAreChosenFromInSlices(int vocabulary) { // S1 to S9
        try (Twins twins = new Twins(Optional.empty())) {
            for (int rows : vocabulary < 20_000 ? new int[] {3, 128, 129} : new int[] {1, 3, 32}) {
                int[] from = IntStream.range(0, rows).map(r -> r % 8).toArray();
                for (int round = 0; round < (rows == 1 ? 8 : 2); round++) {
                    int kind = round;
                    float[] logits = new float[8 * vocabulary];
                    for (int i = 0; i < logits.length; i++) {
                        logits[i] = logit((i / vocabulary + kind) % 8);
                    }
                    List<SamplingRow> sampling = IntStream.range(0, rows)
                            .mapToObj(r -> row(vocabulary))
                            .toList();
                    Program program = Program.sampling(vocabulary, TOP);
                    StepBatch batch = StepBatch.sampling(from, sampling);
                    twins.run(program, Numbers.weights(SEED), batch, Map.of("logits", logits));
                }
            }
        }
    }

    @Test
    void aStepTakesTokensThatTheStepBeforeSampled() { // T6
        int vocabulary = 60;
        List<SamplingRow> rows =
                IntStream.range(0, 5).mapToObj(r -> row(vocabulary)).toList();
        StepBatch sampling = StepBatch.sampling(new int[5], rows);
        Value out = Value.tokens("out", 8);
        WeightRef table = new WeightRef("table", vocabulary, 8, WeightFormat.F32);
        Program embed =
                Program.of(List.of(Value.TOKENS), List.of(new Op.Embed(Value.TOKENS, table, 0, out)), List.of(out));
        int[] ids = {~4, 7, ~0, ~2};
        try (Twins twins = new Twins(Optional.empty())) {
            Map<String, float[]> logits = Map.of("logits", Numbers.hostile(random, vocabulary));
            twins.run(Program.sampling(vocabulary, TOP), Numbers.weights(SEED), sampling, logits);
            twins.run(
                    embed,
                    Numbers.weights(SEED),
                    last -> new StepBatch(
                            last.isPresent() ? new StepTokens(ids, last) : StepTokens.known(new int[ids.length]),
                            new int[ids.length],
                            new int[] {0, ids.length},
                            new int[0],
                            new int[0],
                            List.of(),
                            List.of()),
                    Map.of());
        }
    }

    /** Rows of logits of different kinds: spread, with zeros of both signs on top, flat, with many equals, with NaN and infinities, without anything finite. */
    private float logit(int kind) {
        return switch (kind) {
            case 0 -> (float) random.nextGaussian() * 4;
            case 1 -> random.nextBoolean() ? 0f : -(float) random.nextInt(3);
            case 2 -> (float) random.nextGaussian() * 0.01f;
            case 3 -> random.nextInt(4);
            case 4 -> random.nextInt(5) == 0 ? Float.NaN : (float) random.nextGaussian();
            case 5 -> random.nextInt(3) == 0 ? Float.NEGATIVE_INFINITY : (float) random.nextGaussian() * 30;
            case 6 -> random.nextInt(40) == 0 ? Float.POSITIVE_INFINITY : (float) random.nextGaussian();
            default -> random.nextBoolean() ? Float.NaN : Float.NEGATIVE_INFINITY;
        };
    }

    private SamplingRow row(int vocabulary) {
        float temperature = random.nextInt(3) == 0 ? 0 : 0.1f + 2 * random.nextFloat();
        int topK = random.nextBoolean() ? 0 : 1 + random.nextInt(2 * vocabulary);
        float topP = random.nextBoolean() ? 1 : random.nextInt(10) == 0 ? 0 : random.nextFloat();
        float[] cuts = {1f, 1.5f, random.nextFloat() * 0.2f, random.nextFloat()};
        float minP = random.nextInt(3) > 0 ? 0 : cuts[random.nextInt(cuts.length)];
        OptionalInt forced = random.nextInt(10) == 0 ? OptionalInt.of(random.nextInt(vocabulary)) : OptionalInt.empty();
        int reported = random.nextInt(TOP + 2) - 1;
        return new SamplingRow(
                temperature,
                topK,
                topP,
                minP,
                random.nextLong(),
                random.nextLong(),
                forced,
                reported,
                random.nextBoolean() ? Adjustments.NONE : adjustments(vocabulary));
    }

    private Adjustments adjustments(int vocabulary) {
        int[] seen = tokens(vocabulary);
        int[] produced = tokens(vocabulary);
        int[] biased = tokens(vocabulary);
        float[] biases = new float[biased.length];
        for (int i = 0; i < biases.length; i++) {
            biases[i] = random.nextInt(5) == 0 ? Float.NEGATIVE_INFINITY : (float) random.nextGaussian() * 3;
        }
        return new Adjustments(
                random.nextBoolean() ? 1 : 0.5f + random.nextFloat(),
                random.nextFloat() - 0.5f,
                random.nextFloat() - 0.5f,
                seen,
                produced,
                random.ints(produced.length, 1, 9).toArray(),
                biased,
                biases,
                random.nextInt(3) > 0 ? new int[0] : tokens(vocabulary));
    }

    /** Distinct tokens, rising. */
    private int[] tokens(int vocabulary) {
        return random.ints(random.nextInt(20), 0, vocabulary)
                .sorted()
                .distinct()
                .toArray();
    }
}
