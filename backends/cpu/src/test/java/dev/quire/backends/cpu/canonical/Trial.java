package dev.quire.backends.cpu.canonical;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.WeightSource;
import dev.quire.api.Weights;
import dev.quire.api.memory.Buffer;
import dev.quire.api.memory.KvCache;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.Program;
import dev.quire.api.program.Rows;
import dev.quire.api.program.Value;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.StepBatch;
import dev.quire.api.types.Numerics;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A program, its steps over one cache, and their data.
 *
 * @param inputs float inputs of each step, by name
 */
record Trial(
        Program program,
        Optional<KvCacheLayout> layout,
        WeightSource weights,
        List<StepBatch> steps,
        List<Map<String, float[]>> inputs) {

    /** A step without a cache. */
    static Trial of(Program program, WeightSource weights, StepBatch step, Map<String, float[]> inputs) {
        return new Trial(program, Optional.empty(), weights, List.of(step), List.of(inputs));
    }

    /** The raw bits of every output of every step, NaN as one pattern. */
    Map<String, int[]> run(AttentionBackend backend, Numerics numerics) {
        Map<String, int[]> outputs = new HashMap<>();
        Optional<KvCache> cache = Optional.empty();
        try (Weights loaded = backend.load(program.weights(), weights);
                Executable executable = backend.compile(program, loaded, limits(), numerics)) {
            cache = layout.map(backend::allocate);
            for (int s = 0; s < steps.size(); s++) {
                step(backend, executable, cache, s, outputs);
            }
        } finally {
            cache.ifPresent(KvCache::close);
        }
        return outputs;
    }

    private StepLimits limits() {
        int tokens = steps.stream().mapToInt(StepBatch::tokenCount).max().orElse(0);
        int sequences = steps.stream().mapToInt(StepBatch::sequences).max().orElse(0);
        int rows = steps.stream().mapToInt(StepBatch::logitRowCount).max().orElse(0);
        return new StepLimits(Math.max(1, tokens), Math.max(1, sequences), Math.max(1, rows), 4096);
    }

    private void step(
            AttentionBackend backend,
            Executable executable,
            Optional<KvCache> cache,
            int s,
            Map<String, int[]> outputs) {
        Map<String, Buffer> io = new HashMap<>();
        inputs.get(s).forEach((name, data) -> {
            Value value = program.inputs().stream()
                    .filter(v -> v.name().equals(name))
                    .findFirst()
                    .orElseThrow();
            Buffer buffer = backend.buffer(value.dtype(), Math.max(1, data.length / value.width()), value.width());
            for (int i = 0; i < data.length; i++) {
                buffer.memory().setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i, data[i]);
            }
            io.put(name, buffer);
        });
        for (Value value : program.outputs()) {
            io.put(value.name(), backend.buffer(value.dtype(), Math.max(1, rows(value, s)), value.width()));
        }
        executable.submit(steps.get(s), new Bindings(cache, io)).await();
        for (Value value : program.outputs()) {
            int[] bits = new int[rows(value, s) * value.width()];
            for (int i = 0; i < bits.length; i++) {
                int raw = io.get(value.name()).memory().getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, i);
                bits[i] = (raw & 0x7fffffff) > 0x7f800000 ? 0x7fc00000 : raw;
            }
            outputs.put("step %d '%s'".formatted(s, value.name()), bits);
        }
    }

    private int rows(Value value, int s) {
        return value.rows() == Rows.LOGITS
                ? steps.get(s).logitRowCount()
                : steps.get(s).tokenCount();
    }
}
