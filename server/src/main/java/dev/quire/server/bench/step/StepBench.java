package dev.quire.server.bench.step;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.Weights;
import dev.quire.api.memory.Buffer;
import dev.quire.api.memory.KvCache;
import dev.quire.api.program.Program;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.StepBatch;
import dev.quire.api.types.DType;
import dev.quire.server.bench.Contender;
import dev.quire.server.bench.measure.Effort;
import dev.quire.server.bench.measure.Runs;
import dev.quire.server.bench.measure.Turns;
import dev.quire.server.bench.model.BenchModel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Times whole steps of a model on contenders that take turns. */
public final class StepBench implements AutoCloseable {
    /** The model on one contender. */
    private record Compiled(Contender contender, Weights weights, Executable executable, KvCache cache, Buffer logits) {
        void run(StepBatch batch) {
            executable
                    .submit(batch, new Bindings(Optional.of(cache), Map.of("logits", logits)))
                    .await();
        }
    }

    private final BenchModel model;
    private final Effort effort;
    private final List<Compiled> compiled = new ArrayList<>();

    /**
     * Loads and compiles the model on all contenders.
     *
     * @param contenders stay the caller's
     * @param model stays the caller's
     * @param steps all that will be measured
     * @throws dev.quire.api.BackendException if a contender does not run the whole model
     */
    public StepBench(List<Contender> contenders, BenchModel model, List<StepShape> steps, Effort effort) {
        this.model = model;
        this.effort = effort;
        StepShape first = steps.getFirst();
        int tokens = steps.stream().mapToInt(StepShape::tokens).max().orElse(first.tokens());
        int sequences = steps.stream().mapToInt(StepShape::sequences).max().orElse(first.sequences());
        int context = steps.stream().mapToInt(StepShape::context).max().orElse(first.context());
        StepLimits limits = new StepLimits(tokens, sequences, sequences, context);
        StepShape largest = steps.stream()
                .max(Comparator.comparingLong(step -> step.blocks(model.cache()).bytes()))
                .orElse(first);
        for (Contender contender : contenders) {
            AttentionBackend backend = contender.backend();
            Program forward = model.forward()
                    .expand(op -> !backend.supports(op, contender.numerics()).granted());
            Weights weights = backend.load(forward.weights(), model.weights());
            Executable executable = backend.compile(forward, weights, limits, contender.numerics());
            KvCache cache = backend.allocate(largest.blocks(model.cache()));
            Buffer logits = backend.buffer(DType.F32, sequences, model.info().vocabSize());
            compiled.add(new Compiled(contender, weights, executable, cache, logits));
        }
    }

    /** Runs of one step on each contender. */
    public List<Runs> measure(StepShape step) {
        StepBatch batch = step.batch(model.cache(), model.info().vocabSize());
        return Turns.measure(
                effort,
                compiled.stream().map(each -> (Runnable) () -> each.run(batch)).toList());
    }

    @Override
    public void close() {
        compiled.forEach(each -> {
            each.executable().close();
            each.cache().close();
            each.weights().close();
        });
    }
}
