package dev.quire.server.bench.ops;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Executable;
import dev.quire.api.Weights;
import dev.quire.api.memory.Buffer;
import dev.quire.api.memory.KvCache;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.SamplingRow;
import dev.quire.api.step.StepBatch;
import dev.quire.server.bench.Contender;
import dev.quire.server.bench.model.BenchModel;
import dev.quire.server.bench.step.StepShape;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** A model's cache on one contender, and programs that run on it. */
final class OpSide implements AutoCloseable {
    private final Contender contender;
    private final BenchModel model;
    private final StepShape step;
    private final KvCache cache;
    private final BufferPool buffers;

    OpSide(Contender contender, BenchModel model, StepShape step) {
        this.contender = contender;
        this.model = model;
        this.step = step;
        AttentionBackend backend = contender.backend();
        this.cache = backend.allocate(step.blocks(model.cache()));
        this.buffers = new BufferPool(backend);
    }

    /** A compiled program and all that a run of it needs. Its weights are its own: a backend may keep them in a form that suits this program alone. */
    record Compiled(Weights weights, Executable executable, StepBatch batch, Bindings io) implements AutoCloseable {
        void run() {
            executable.submit(batch, io).await();
        }

        @Override
        public void close() {
            executable.close();
            weights.close();
        }
    }

    /** Whether the contender runs all ops of the program itself. */
    boolean runs(Program program) {
        return program.ops().stream()
                .allMatch(op ->
                        contender.backend().supports(op, contender.numerics()).granted());
    }

    Compiled compile(Program program) {
        Map<String, Buffer> bound = new HashMap<>();
        for (Value input : program.inputs()) {
            if (!input.equals(Value.TOKENS) && !input.equals(Value.POSITIONS)) {
                bound.put(input.name(), buffers.read(input, rows(input), program.ops()));
            }
        }
        program.outputs().forEach(output -> bound.put(output.name(), buffers.written(output, rows(output))));
        Weights weights = contender.backend().load(program.weights(), model.weights());
        Executable executable = contender.backend().compile(program, weights, step.limits(), contender.numerics());
        return new Compiled(weights, executable, batch(program), new Bindings(Optional.of(cache), bound));
    }

    private StepBatch batch(Program program) {
        if (program.ops().stream().anyMatch(Op.Sample.class::isInstance)) {
            int[] rows = IntStream.range(0, step.sequences()).toArray();
            return StepBatch.sampling(rows, Collections.nCopies(rows.length, SamplingRow.GREEDY));
        }
        return step.batch(model.cache(), model.info().vocabSize());
    }

    private int rows(Value value) {
        return switch (value.rows()) {
            case TOKENS -> step.tokens();
            case LOGITS, SEQUENCES, EXTERNAL -> step.sequences();
        };
    }

    @Override
    public void close() {
        cache.close();
    }
}
