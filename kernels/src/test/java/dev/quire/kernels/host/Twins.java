package dev.quire.kernels.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Availability;
import dev.quire.api.BackendOptions;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.WeightSource;
import dev.quire.api.Weights;
import dev.quire.api.memory.BlockPairs;
import dev.quire.api.memory.Buffer;
import dev.quire.api.memory.HostBlocks;
import dev.quire.api.memory.KvCache;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Rows;
import dev.quire.api.program.Value;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.Ticket;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.bits.BitsBackend;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The portable kernels and the scalar definition, side by side: everything is done to both, and outputs must agree in every bit. */
final class Twins implements AutoCloseable {
    private final One kernels;
    private final One definition;

    /** @param layout of a cache that all steps share */
    Twins(Optional<KvCacheLayout> layout) {
        HostProvider provider = new HostProvider();
        kernels = new One(
                provider.open(provider.devices().get(HostProvider.APART), BackendOptions.defaults(Path.of("unused"))),
                layout);
        definition = new One(new BitsBackend(), layout);
    }

    /** Skips a test where no compiler is; {@code ci/test} installs one. */
    static void assumeCompiler() {
        if (new HostProvider().availability() instanceof Availability.Unavailable(String reason, String fix)) {
            abort(reason + "; " + fix);
        }
    }

    /** One of the two, with its cache and the ticket of its last step. */
    private static final class One {
        final AttentionBackend backend;
        final Optional<KvCache> cache;
        Optional<Ticket> last = Optional.empty();

        One(AttentionBackend backend, Optional<KvCacheLayout> layout) {
            this.backend = backend;
            this.cache = layout.map(backend::allocate);
        }

        Map<String, Buffer> run(
                Program program,
                WeightSource weights,
                Function<Optional<Ticket>, StepBatch> batchOf,
                Map<String, float[]> inputs) {
            StepBatch batch = batchOf.apply(last);
            Map<String, Buffer> buffers = new HashMap<>();
            for (Value value : program.inputs()) {
                float[] data = inputs.get(value.name());
                if (data != null) {
                    Buffer buffer = backend.buffer(DType.F32, Math.max(1, data.length / value.width()), value.width());
                    MemorySegment.copy(data, 0, buffer.memory(), ValueLayout.JAVA_FLOAT, 0, data.length);
                    buffers.put(value.name(), buffer);
                }
            }
            for (Value value : program.outputs()) {
                buffers.put(
                        value.name(), backend.buffer(value.dtype(), Math.max(1, rows(value, batch)), value.width()));
            }
            StepLimits limits = new StepLimits(
                    Math.max(1, batch.tokenCount()),
                    Math.max(1, batch.sequences()),
                    Math.max(1, batch.logitRowCount()),
                    2048);
            try (Weights loaded = backend.load(program.weights(), weights);
                    Executable executable = backend.compile(program, loaded, limits, Numerics.REPRODUCIBLE)) {
                Ticket ticket = executable.submit(batch, new Bindings(cache, buffers));
                ticket.await();
                last = Optional.of(ticket);
            }
            return buffers;
        }

        void close() {
            cache.ifPresent(KvCache::close);
            backend.close();
        }
    }

    private static int rows(Value value, StepBatch batch) {
        return value.rows() == Rows.LOGITS ? batch.logitRowCount() : batch.tokenCount();
    }

    /** Runs a program on both; its outputs must agree in every bit. */
    void run(Program program, WeightSource weights, StepBatch batch, Map<String, float[]> inputs) {
        run(program, weights, last -> batch, inputs);
    }

    /** @param batch of the ticket of the last step */
    void run(
            Program program,
            WeightSource weights,
            Function<Optional<Ticket>, StepBatch> batch,
            Map<String, float[]> inputs) {
        Map<String, Buffer> actual = kernels.run(program, weights, batch, inputs);
        Map<String, Buffer> expected = definition.run(program, weights, batch, inputs);
        StepBatch said = batch.apply(Optional.empty());
        for (Value value : program.outputs()) {
            Buffer a = actual.get(value.name());
            Buffer e = expected.get(value.name());
            for (int i = 0; i < rows(value, said) * value.width(); i++) {
                int row = i / value.width();
                int column = i % value.width();
                if (means(program.ops().getLast(), value, row, column, said)) {
                    assertEquals(
                            word(e, i, value.dtype()),
                            word(a, i, value.dtype()),
                            "%s: '%s' row %d column %d".formatted(program.ops().getLast(), value.name(), row, column));
                }
            }
        }
    }

    /** Whether an element means anything: log-probabilities do where a row asks for them (S9). */
    private static boolean means(Op last, Value value, int row, int column, StepBatch batch) {
        if (!(last instanceof Op.Sample sample) || value.equals(sample.tokens())) {
            return true;
        }
        int asked = batch.sampling().get(row).topLogprobs();
        return column <= Math.min(asked, sample.logits().width());
    }

    /** The bits of an element; all NaN are one, since payloads are outside the contract (N13). */
    private static String word(Buffer buffer, int i, DType dtype) {
        if (dtype == DType.I32) {
            return Integer.toString(buffer.memory().getAtIndex(ValueLayout.JAVA_INT, i));
        }
        float x = buffer.memory().getAtIndex(ValueLayout.JAVA_FLOAT, i);
        return "%s (%08x)".formatted(x, Float.floatToIntBits(x));
    }

    void copyBlocks(BlockPairs pairs) {
        kernels.backend.copyBlocks(kernels.cache.orElseThrow(), pairs);
        definition.backend.copyBlocks(definition.cache.orElseThrow(), pairs);
    }

    /** Takes blocks {@code from} to the host and brings them back to blocks {@code to}. */
    void moveOverHost(int group, int[] from, int[] to, long blockBytes) {
        int[] reversed = new int[from.length];
        for (int i = 0; i < reversed.length; i++) {
            reversed[i] = reversed.length - 1 - i;
        }
        for (One one : new One[] {kernels, definition}) {
            // The device may still read when this returns, so the memory goes when nothing names it.
            HostBlocks host = new HostBlocks(Arena.ofAuto().allocate(from.length * blockBytes), blockBytes);
            one.backend.swapOut(one.cache.orElseThrow(), new BlockPairs(group, from, reversed), host);
            one.backend.swapIn(one.cache.orElseThrow(), new BlockPairs(group, reversed, to), host);
        }
    }

    @Override
    public void close() {
        kernels.close();
        definition.close();
    }
}
