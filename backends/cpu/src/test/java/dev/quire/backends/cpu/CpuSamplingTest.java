package dev.quire.backends.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendOptions;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.memory.Buffer;
import dev.quire.api.program.Program;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.SamplingRow;
import dev.quire.api.step.SamplingRow.Adjustments;
import dev.quire.api.step.StepBatch;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.oracle.OracleBackend;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sampled tokens, ranks and log-probabilities beside the oracle, with everything that a row may ask for. */
class CpuSamplingTest {
    private static final long SEED = Long.getLong("quire.seed", 4711);
    private static final int VOCABULARY = 300;
    private static final int TOP = 7;

    @TempDir
    Path cache;

    @Test
    void samplingAgreesWithTheOracle() { // S1 to S9
        Random random = new Random(SEED);
        List<SamplingRow> rows =
                IntStream.range(0, 200).mapToObj(i -> row(random, i)).toList();
        Sampled expected = sample(new OracleBackend(), rows);
        Sampled actual = sample(open(), rows);
        for (int r = 0; r < rows.size(); r++) {
            assertEquals(expected.tokens[r], actual.tokens[r], "seed " + SEED + ", row " + r);
            int top = rows.get(r).topLogprobs();
            for (int i = 0; i <= top; i++) {
                assertEquals(expected.ids[r][i], actual.ids[r][i], "seed " + SEED + ", row " + r);
                assertEquals(expected.logprobs[r][i], actual.logprobs[r][i], 1e-4);
            }
            if (top >= 0) {
                assertEquals(expected.ranks[r], actual.ranks[r]);
            }
        }
    }

    private AttentionBackend open() {
        CpuProvider provider = new CpuProvider();
        return provider.open(provider.devices().getFirst(), new BackendOptions(2, cache, notice -> {}, Map.of()));
    }

    private static SamplingRow row(Random random, int counter) {
        int[] tokens = random.ints(6, 0, VOCABULARY).distinct().sorted().toArray();
        return new SamplingRow(
                random.nextInt(3) == 0 ? 0 : 0.5f + random.nextFloat(),
                random.nextInt(2) * random.nextInt(40),
                random.nextBoolean() ? 1 : 0.5f + random.nextFloat() / 2,
                random.nextBoolean() ? 0 : 0.05f,
                random.nextLong(),
                counter,
                random.nextInt(10) == 0 ? OptionalInt.of(tokens[0]) : OptionalInt.empty(),
                random.nextInt(TOP) - 1,
                adjustments(random, tokens));
    }

    /** Penalties, biases, a list of what is allowed, or nothing. */
    private static Adjustments adjustments(Random random, int[] tokens) {
        int[] none = {};
        float[] no = {};
        float[] biases = new float[tokens.length];
        for (int i = 0; i < biases.length; i++) {
            biases[i] = random.nextFloat();
        }
        int[] produced = {tokens[0], 7};
        return switch (random.nextInt(4)) {
            case 0 -> new Adjustments(1.4f, 0.5f, 0.25f, tokens, produced, new int[] {2, 1}, none, no, none);
            case 1 -> new Adjustments(1, 0, 0, none, none, none, tokens, biases, none);
            case 2 -> new Adjustments(1, 0, 0, none, none, none, none, no, tokens);
            default -> Adjustments.NONE;
        };
    }

    private record Sampled(int[] tokens, int[] ranks, int[][] ids, float[][] logprobs) {}

    private static Sampled sample(AttentionBackend backend, List<SamplingRow> rows) {
        try (backend) {
            int n = rows.size();
            Program program = Program.sampling(VOCABULARY, TOP - 1);
            StepLimits limits = new StepLimits(1, 1, n, 1);
            Executable executable = backend.compile(
                    program,
                    backend.load(List.of(), ref -> {
                        throw new AssertionError("sampling has no weights");
                    }),
                    limits,
                    Numerics.FAST);
            Buffer in = backend.buffer(DType.F32, 16, VOCABULARY);
            Random random = new Random(SEED);
            for (int i = 0; i < 16 * VOCABULARY; i++) {
                in.memory().setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i, (float) (3 * random.nextGaussian()));
            }
            Map<String, Buffer> io = Map.of(
                    "logits", in,
                    "sampled", backend.buffer(DType.I32, n, 1),
                    "ranks", backend.buffer(DType.I32, n, 1),
                    "top_ids", backend.buffer(DType.I32, n, TOP),
                    "top_logprobs", backend.buffer(DType.F32, n, TOP));
            int[] logitRows = IntStream.range(0, n).map(r -> r % 16).toArray();
            executable
                    .submit(StepBatch.sampling(logitRows, rows), new Bindings(Optional.empty(), io))
                    .await();
            Sampled sampled = new Sampled(new int[n], new int[n], new int[n][TOP], new float[n][TOP]);
            for (int r = 0; r < n; r++) {
                sampled.tokens[r] = io.get("sampled").intAt(r, 0);
                sampled.ranks[r] = io.get("ranks").intAt(r, 0);
                for (int i = 0; i < TOP; i++) {
                    sampled.ids[r][i] = io.get("top_ids").intAt(r, i);
                    sampled.logprobs[r][i] = io.get("top_logprobs").floatAt(r, i);
                }
            }
            return sampled;
        }
    }
}
