package dev.quire.backends.tornado.times;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.Weights;
import dev.quire.api.format.SeededSource;
import dev.quire.api.memory.Buffer;
import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.KvCache;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.ExpertOp;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.StepBatch;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** An op's program on one backend. After a first run what it reads and writes stays on the device. */
final class TimedSide implements AutoCloseable {
    private static final long SEED = 1;

    private final TimedOp op;
    private final Program program;
    private final Weights weights;
    private final Executable executable;
    private final Optional<KvCache> cache;
    private final Map<String, Buffer> buffers = new HashMap<>();
    private final Bindings resident;

    TimedSide(AttentionBackend backend, TimedOp op, Numerics numerics) {
        this.op = op;
        this.program = op.program();
        this.cache = op.layout().map(backend::allocate);
        op.type().ifPresent(type -> fill(backend, type, numerics));
        for (Value input : program.inputs()) {
            if (!input.equals(Value.TOKENS) && !input.equals(Value.POSITIONS)) {
                buffers.put(input.name(), filled(backend, input, op.rows(input)));
            }
        }
        program.outputs().forEach(out -> buffers.put(out.name(), buffer(backend, out, op.rows(out))));
        this.weights = backend.load(program.weights(), new SeededSource(SEED));
        this.executable = backend.compile(program, weights, op.limits(), numerics);
        this.resident = new Bindings(cache, buffers, buffers.keySet());
        executable.submit(op.batch(), new Bindings(cache, buffers)).await();
    }

    void run() {
        executable.submit(op.batch(), resident).await();
    }

    /** What a run writes that means anything. */
    Map<String, byte[]> results() {
        executable.submit(op.batch(), new Bindings(cache, buffers)).await();
        Map<String, byte[]> results = new HashMap<>();
        for (Value out : program.outputs()) {
            if (op.means(out)) {
                results.put(out.name(), buffers.get(out.name()).memory().toArray(ValueLayout.JAVA_BYTE));
            }
        }
        return results;
    }

    /** Keys and values in every slot, so that attention reads numbers. */
    private void fill(AttentionBackend backend, CacheGroup.PagedKv type, Numerics numerics) {
        int width = type.kvHeads() * type.headSize();
        Value k = Value.tokens("k", width);
        Value v = Value.tokens("v", width);
        int sequences = op.batch().sequences();
        Program writing = Program.of(List.of(k, v), List.of(new Op.WriteKv(k, v, new CacheRef(0, 0))), List.of());
        int rows = sequences * op.context();
        StepBatch all = TimedOp.batch(sequences, 0, op.context(), op.type());
        try (Weights none = backend.load(List.of(), new SeededSource(SEED));
                Executable fill =
                        backend.compile(writing, none, new StepLimits(rows, sequences, 1, op.context()), numerics)) {
            Map<String, Buffer> rowsOf = Map.of("k", filled(backend, k, rows), "v", filled(backend, v, rows));
            fill.submit(all, new Bindings(cache, rowsOf)).await();
        }
    }

    private static Buffer buffer(AttentionBackend backend, Value value, int rows) {
        return backend.buffer(value.dtype(), rows, value.width());
    }

    /** Numbers within ±1, or different experts in each row. */
    private Buffer filled(AttentionBackend backend, Value value, int rows) {
        Buffer buffer = buffer(backend, value, rows);
        MemorySegment memory = buffer.memory();
        SplittableRandom random = new SplittableRandom(SEED);
        int experts = experts();
        for (int row = 0; row < rows; row++) {
            int first = random.nextInt(experts);
            for (int i = 0; i < value.width(); i++) {
                long at = (long) row * value.width() + i;
                if (value.dtype() == DType.I32) {
                    memory.setAtIndex(ValueLayout.JAVA_INT_UNALIGNED, at, (first + i) % experts);
                } else {
                    memory.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, at, (float) random.nextDouble(-1, 1));
                }
            }
        }
        return buffer;
    }

    private int experts() {
        return op.ops().getFirst() instanceof ExpertOp.ExpertLinear linear
                ? linear.weights().size()
                : 1;
    }

    @Override
    public void close() {
        executable.close();
        weights.close();
        cache.ifPresent(KvCache::close);
    }
}
