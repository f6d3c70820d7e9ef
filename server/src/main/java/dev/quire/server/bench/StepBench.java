package dev.quire.server.bench;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.Weights;
import dev.quire.api.memory.Buffer;
import dev.quire.api.memory.KvCache;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.Program;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.GroupStep;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepTokens;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Times steps of a made model on a backend, in one numerics or in several that take turns, with nothing above the SPI. */
final class StepBench implements AutoCloseable {
    private static final int BLOCK = 16;
    private static final int BLOCKS = 2048;
    private static final int MOST_ROWS = 64;
    private static final Duration WARM_UP = Duration.ofSeconds(4);
    private static final Duration MEASURE = Duration.ofSeconds(4);

    /** The model in one numerics. */
    private record Compiled(Weights weights, Executable executable) {}

    private final List<Compiled> models;
    private final KvCache cache;
    private final Buffer logits;

    StepBench(AttentionBackend backend, MadeModel model, List<Numerics> numerics) {
        this.models = numerics.stream().map(n -> compile(backend, model, n)).toList();
        this.cache = backend.allocate(new KvCacheLayout(
                List.of(model.definition().cache().groups().getFirst().withBlocks(BLOCKS))));
        this.logits = backend.buffer(DType.F32, MOST_ROWS, MadeModel.VOCABULARY);
    }

    private static Compiled compile(AttentionBackend backend, MadeModel model, Numerics numerics) {
        Program forward = model.definition().forward();
        Weights weights = backend.load(forward.weights(), model::weight);
        StepLimits limits = new StepLimits(2048, MOST_ROWS, MOST_ROWS, MadeModel.CONTEXT);
        return new Compiled(weights, backend.compile(forward, weights, limits, numerics));
    }

    /** Seconds, for each numerics, of a step in which each of {@code batch} sequences has one new token after {@code context − 1} others. */
    List<Double> decodeSeconds(int batch, int context) {
        return time(step(batch, context - 1, 1));
    }

    /** Seconds, for each numerics, of a step that computes a prompt. */
    List<Double> prefillSeconds(int tokens) {
        return time(step(1, 0, tokens));
    }

    private List<Double> time(StepBatch batch) {
        Bindings io = new Bindings(Optional.of(cache), Map.of("logits", logits));
        List<Runnable> steps = new ArrayList<>();
        models.forEach(
                model -> steps.add(() -> model.executable().submit(batch, io).await()));
        return Median.seconds(WARM_UP, MEASURE, steps);
    }

    private static StepBatch step(int sequences, int before, int count) {
        int tokens = sequences * count;
        int stride = (before + count + BLOCK - 1) / BLOCK;
        int[] ids = new int[tokens];
        int[] positions = new int[tokens];
        int[] slots = new int[tokens];
        int[] starts = new int[sequences + 1];
        int[] wanted = new int[sequences];
        int[] contexts = new int[sequences];
        int[] tables = new int[sequences * stride];
        for (int s = 0; s < sequences; s++) {
            for (int j = 0; j < stride; j++) {
                tables[s * stride + j] = s * stride + j;
            }
            for (int i = 0; i < count; i++) {
                int row = s * count + i;
                positions[row] = before + i;
                ids[row] = (row * 7919 + 1) % MadeModel.VOCABULARY;
                slots[row] = tables[s * stride + positions[row] / BLOCK] * BLOCK + positions[row] % BLOCK;
            }
            starts[s + 1] = (s + 1) * count;
            wanted[s] = starts[s + 1] - 1;
            contexts[s] = before + count;
        }
        return new StepBatch(
                StepTokens.known(ids),
                positions,
                starts,
                wanted,
                new int[0],
                List.of(new GroupStep(contexts, tables, stride, slots)),
                List.of());
    }

    @Override
    public void close() {
        models.forEach(model -> model.executable().close());
        cache.close();
        models.forEach(model -> model.weights().close());
    }
}
