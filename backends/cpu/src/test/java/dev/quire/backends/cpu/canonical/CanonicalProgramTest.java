package dev.quire.backends.cpu.canonical;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendOptions;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.step.GroupStep;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepTokens;
import dev.quire.api.types.Numerics;
import dev.quire.backends.cpu.CpuProvider;
import dev.quire.conformance.bits.BitsBackend;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole random models: the logits of each token have the interpreter's bits, alone or together, at once or in chunks, on any number of threads. */
class CanonicalProgramTest {
    private static final long SEED = Long.getLong("quire.seed", 4711);
    private static final int MODELS = 6;
    private static final int BLOCK = 16;

    @TempDir
    Path cache;

    private final Random random = new Random(SEED);

    /** So many tokens of a sequence. */
    private record Chunk(int sequence, int tokens) {}

    @Test
    void logitsDependOnWeightsAndTokensOnly() { // N2, A6
        for (int i = 0; i < MODELS; i++) {
            RandomModel model = RandomModel.of(random);
            int[][] prompts = prompts(model);
            int[][] expected;
            try (AttentionBackend bits = new BitsBackend()) {
                expected = logits(bits, model, prompts, alone(prompts));
            }
            assertTrue(
                    Arrays.stream(expected)
                            .flatMapToInt(Arrays::stream)
                            .allMatch(bits -> Float.isFinite(Float.intBitsToFloat(bits))),
                    "model %d gives no finite logits: the test shows nothing".formatted(i));
            for (int threads = 1; threads <= 3; threads++) {
                List<List<Chunk>> schedule = threads == 1 ? alone(prompts) : together(prompts);
                try (AttentionBackend cpu = cpu(threads)) {
                    int[][] actual = logits(cpu, model, prompts, schedule);
                    for (int s = 0; s < prompts.length; s++) {
                        String what = "seed %d, model %d, %d threads, %s, sequence %d"
                                .formatted(SEED, i, threads, schedule, s);
                        assertArrayEquals(expected[s], actual[s], what);
                    }
                }
            }
        }
    }

    private AttentionBackend cpu(int threads) {
        CpuProvider provider = new CpuProvider();
        BackendOptions options = new BackendOptions(threads, cache, notice -> {}, Map.of());
        return provider.open(provider.devices().getFirst(), options);
    }

    private int[][] prompts(RandomModel model) {
        int[][] prompts = new int[random.nextInt(2, 5)][];
        for (int s = 0; s < prompts.length; s++) {
            int tokens = s == 0 && random.nextInt(3) == 0 ? random.nextInt(500, 560) : random.nextInt(1, 50);
            prompts[s] = random.ints(tokens, 0, model.vocabulary()).toArray();
        }
        return prompts;
    }

    /** Each sequence in a step of its own. */
    private static List<List<Chunk>> alone(int[][] prompts) {
        return IntStream.range(0, prompts.length)
                .mapToObj(s -> List.of(new Chunk(s, prompts[s].length)))
                .toList();
    }

    /** All sequences share steps, in chunks of any length. */
    private List<List<Chunk>> together(int[][] prompts) {
        int[] left = Arrays.stream(prompts).mapToInt(prompt -> prompt.length).toArray();
        List<List<Chunk>> steps = new ArrayList<>();
        while (IntStream.of(left).sum() > 0) {
            List<Chunk> step = new ArrayList<>();
            for (int s = 0; s < left.length; s++) {
                int tokens = random.nextInt(3) == 0 ? Math.min(1, left[s]) : random.nextInt(left[s] + 1);
                step.add(new Chunk(s, tokens));
                left[s] -= tokens;
            }
            steps.add(step);
        }
        return steps;
    }

    /** The bits of the logits after every token, one run of rows for each sequence. */
    private int[][] logits(AttentionBackend backend, RandomModel model, int[][] prompts, List<List<Chunk>> schedule) {
        int stride = Math.ceilDiv(600, BLOCK);
        List<Integer> blocks = new ArrayList<>(
                IntStream.range(0, stride * prompts.length).boxed().toList());
        Collections.shuffle(blocks, random);
        int[] tables = blocks.stream().mapToInt(Integer::intValue).toArray();
        int[] done = new int[prompts.length];
        List<StepBatch> steps = new ArrayList<>();
        List<Map<String, float[]>> inputs = new ArrayList<>();
        for (List<Chunk> chunks : schedule) {
            steps.add(batch(prompts, done, chunks, tables, stride));
            inputs.add(new HashMap<>());
            chunks.forEach(chunk -> done[chunk.sequence()] += chunk.tokens());
        }
        KvCacheLayout layout = new KvCacheLayout(List.of(model.group().withBlocks(tables.length)));
        Trial trial = new Trial(model.program(), Optional.of(layout), model::weight, steps, inputs);
        return bySequence(trial.run(backend, Numerics.REPRODUCIBLE), prompts, schedule, model.vocabulary());
    }

    private static int[][] bySequence(
            Map<String, int[]> outputs, int[][] prompts, List<List<Chunk>> schedule, int vocabulary) {
        int[][] logits = new int[prompts.length][0];
        for (int s = 0; s < schedule.size(); s++) {
            int[] rows = outputs.get("step %d 'logits'".formatted(s));
            int at = 0;
            for (Chunk chunk : schedule.get(s)) {
                int[] before = logits[chunk.sequence()];
                int[] all = Arrays.copyOf(before, before.length + chunk.tokens() * vocabulary);
                System.arraycopy(rows, at, all, before.length, all.length - before.length);
                logits[chunk.sequence()] = all;
                at += chunk.tokens() * vocabulary;
            }
        }
        return logits;
    }

    private static StepBatch batch(int[][] prompts, int[] done, List<Chunk> chunks, int[] tables, int stride) {
        int tokens = chunks.stream().mapToInt(Chunk::tokens).sum();
        int[] ids = new int[tokens];
        int[] positions = new int[tokens];
        int[] slots = new int[tokens];
        int[] starts = new int[chunks.size() + 1];
        int[] contexts = new int[chunks.size()];
        int[] ownTables = new int[chunks.size() * stride];
        int row = 0;
        for (int i = 0; i < chunks.size(); i++) {
            int s = chunks.get(i).sequence();
            System.arraycopy(tables, s * stride, ownTables, i * stride, stride);
            contexts[i] = done[s] + chunks.get(i).tokens();
            for (int position = done[s]; position < contexts[i]; position++, row++) {
                ids[row] = prompts[s][position];
                positions[row] = position;
                slots[row] = tables[s * stride + position / BLOCK] * BLOCK + position % BLOCK;
            }
            starts[i + 1] = row;
        }
        return new StepBatch(
                StepTokens.known(ids),
                positions,
                starts,
                IntStream.range(0, tokens).toArray(),
                new int[0],
                List.of(new GroupStep(contexts, ownTables, stride, slots)),
                List.of());
    }
}
