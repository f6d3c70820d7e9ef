package dev.quire.bench;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendOptions;
import dev.quire.api.BackendProvider;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.Weights;
import dev.quire.api.memory.Buffer;
import dev.quire.api.memory.KvCache;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.Program;
import dev.quire.api.program.Rows;
import dev.quire.api.program.Value;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.StepBatch;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.scenario.Samples;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

/** A program on the CPU backend with made weights and inputs, and one step of it that can be run again and again. */
final class CpuProgram implements AutoCloseable {
    private static final Samples SAMPLES = new Samples(4711);

    private final AttentionBackend backend;
    private final Weights weights;
    private final Executable executable;
    private final Optional<KvCache> cache;
    private final StepBatch batch;
    private final Bindings io;

    /**
     * @param external rows of the values that the batch does not count
     * @param layout the cache that the program uses, if it does
     */
    CpuProgram(Program program, StepBatch batch, int external, Optional<KvCacheLayout> layout, Numerics numerics) {
        this.batch = batch;
        backend = open();
        weights = backend.load(program.weights(), SAMPLES.source());
        int context = layout.map(kv ->
                        kv.groups().getFirst().blocks() * kv.groups().getFirst().blockSize())
                .orElse(1);
        StepLimits limits = new StepLimits(
                Math.max(1, batch.tokenCount()),
                Math.max(1, batch.sequences()),
                Math.max(1, batch.logitRowCount()),
                context);
        executable = backend.compile(program, weights, limits, numerics);
        cache = layout.map(backend::allocate);
        Map<String, Buffer> buffers = new HashMap<>();
        for (Value value : program.inputs()) {
            if (value.dtype() == DType.F32) {
                Buffer buffer = buffer(value, external);
                float[] values = SAMPLES.floats(value.name(), buffer.rows() * buffer.width(), 1);
                MemorySegment.copy(values, 0, buffer.memory(), ValueLayout.JAVA_FLOAT_UNALIGNED, 0, values.length);
                buffers.put(value.name(), buffer);
            }
        }
        program.outputs().forEach(value -> buffers.put(value.name(), buffer(value, external)));
        io = new Bindings(cache, buffers);
    }

    private static AttentionBackend open() {
        BackendProvider cpu = ServiceLoader.load(BackendProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.name().equals("cpu"))
                .findFirst()
                .orElseThrow();
        Path folder = Path.of(System.getProperty("java.io.tmpdir"), "quire");
        return cpu.open(cpu.devices().getFirst(), new BackendOptions(0, folder, System.err::println, Map.of()));
    }

    private Buffer buffer(Value value, int external) {
        int rows = value.rows() == Rows.TOKENS
                ? batch.tokenCount()
                : value.rows() == Rows.EXTERNAL ? external : batch.logitRowCount();
        return backend.buffer(value.dtype(), rows, value.width());
    }

    /** Runs the step and waits for it. */
    void run() {
        executable.submit(batch, io).await();
    }

    @Override
    public void close() {
        executable.close();
        cache.ifPresent(KvCache::close);
        weights.close();
        backend.close();
    }
}
