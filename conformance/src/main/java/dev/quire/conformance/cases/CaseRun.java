package dev.quire.conformance.cases;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.Weights;
import dev.quire.api.memory.Buffer;
import dev.quire.api.memory.KvCache;
import dev.quire.api.program.Program;
import dev.quire.api.program.Rows;
import dev.quire.api.program.Value;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.StepBatch;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Runs a case on one backend. */
final class CaseRun {
    private final AttentionBackend backend;
    private final Samples samples;

    CaseRun(AttentionBackend backend, Samples samples) {
        this.backend = backend;
        this.samples = samples;
    }

    /** The outputs of the last step, row-major, by value. */
    Map<Value, double[]> outputs(OpCase one) {
        Optional<KvCache> cache = Optional.empty();
        try {
            Map<Value, double[]> outputs = Map.of();
            for (OpCase.Step step : one.steps()) {
                Program program = step.program().expand(composite -> !granted(composite));
                try (Weights weights = backend.load(program.weights(), samples::weight);
                        Executable executable =
                                backend.compile(program, weights, limits(step.batch()), Numerics.FAST)) {
                    if (cache.isEmpty()) {
                        cache = one.layout().map(backend::allocate);
                    }
                    outputs = run(executable, program, step, cache);
                }
            }
            return outputs;
        } finally {
            cache.ifPresent(KvCache::close);
        }
    }

    private boolean granted(dev.quire.api.program.Op op) {
        return backend.supports(op, Numerics.FAST).granted();
    }

    private static StepLimits limits(StepBatch batch) {
        return new StepLimits(
                Math.max(1, batch.tokenCount()),
                Math.max(1, batch.sequences()),
                Math.max(1, batch.logitRowCount()),
                Math.max(2048, batch.tokenCount()));
    }

    private Map<Value, double[]> run(
            Executable executable, Program program, OpCase.Step step, Optional<KvCache> cache) {
        Map<String, Buffer> buffers = new HashMap<>();
        for (Value value : program.inputs()) {
            float[] data = step.inputs().get(value.name());
            if (data != null) {
                Buffer buffer = backend.buffer(DType.F32, Math.max(1, data.length / value.width()), value.width());
                for (int i = 0; i < data.length; i++) {
                    buffer.memory().setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i, data[i]);
                }
                buffers.put(value.name(), buffer);
            }
        }
        for (Value value : program.outputs()) {
            int rows = Math.max(1, rows(value, step.batch()));
            buffers.put(value.name(), backend.buffer(value.dtype(), rows, value.width()));
        }
        executable.submit(step.batch(), new Bindings(cache, buffers)).await();
        Map<Value, double[]> outputs = new LinkedHashMap<>();
        for (Value value : program.outputs()) {
            Buffer buffer = buffers.get(value.name());
            double[] data = new double[rows(value, step.batch()) * value.width()];
            for (int i = 0; i < data.length; i++) {
                data[i] = value.dtype() == DType.I32
                        ? buffer.intAt(i / value.width(), i % value.width())
                        : buffer.floatAt(i / value.width(), i % value.width());
            }
            outputs.put(value, data);
        }
        return outputs;
    }

    private static int rows(Value value, StepBatch batch) {
        return value.rows() == Rows.TOKENS ? batch.tokenCount() : batch.logitRowCount();
    }
}
