package dev.quire.backends.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendOptions;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.memory.Buffer;
import dev.quire.api.program.Activation;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepTokens;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.WeightFormat;
import dev.quire.backends.cpu.compiled.BuiltKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs with gated MLPs, which run as one, beside the same whose gates are asked for, so that they cannot. */
class GatedMlpTest {
    private static final long SEED = Long.getLong("quire.seed", 53);
    private static final StepLimits LIMITS = new StepLimits(200, 4, 200, 256);
    private static final int WIDTH = 96;
    private static final int INNER = 200;
    private static final int VOCABULARY = 50;

    @TempDir
    Path cache;

    @Test
    void stepsHaveTheSameBitsAndNeedLessMemory() throws Exception {
        boolean compiled = BuiltKernels.load(cache).isPresent();
        for (int threads : new int[] {1, 2}) {
            try (Model together = new Model(threads, program(false));
                    Model apart = new Model(threads, program(true))) {
                // Both layers' gates, ups and products take one another's place, and both gates lie outside where they
                // are asked for.
                long saved = together.executable.workspaceBytes() - apart.executable.workspaceBytes();
                assertEquals(compiled ? -2L * LIMITS.maxTokens() * INNER * Float.BYTES : saved, saved);
                for (int rows : new int[] {1, 2, 16, 17, 130, 200, 3}) {
                    assertEquals(
                            -1, Arrays.mismatch(apart.run(rows), together.run(rows)), rows + " rows, seed " + SEED);
                }
            }
        }
    }

    /** Two layers, one after the other. */
    private static Program program(boolean gatesAskedFor) {
        List<Op> ops = new ArrayList<>();
        List<Value> outputs = new ArrayList<>();
        Value x = Value.tokens("embedded", WIDTH);
        ops.add(new Op.Embed(Value.TOKENS, matrix("table", VOCABULARY, WIDTH), 0, x));
        for (int layer = 0; layer < 2; layer++) {
            Value h = Value.tokens("h" + layer, WIDTH);
            Value gate = Value.tokens("gate" + layer, INNER);
            Value up = Value.tokens("up" + layer, INNER);
            Value product = Value.tokens("product" + layer, INNER);
            Value down = Value.tokens("down" + layer, WIDTH);
            Value out = Value.tokens("out" + layer, WIDTH);
            ops.add(new Op.RmsNorm(x, Optional.empty(), 0, 1e-5f, WIDTH, h));
            ops.add(linear(h, matrix("gate" + layer, INNER, WIDTH), gate));
            ops.add(linear(h, matrix("up" + layer, INNER, WIDTH), up));
            ops.add(new Op.Gated(gate, up, Activation.SILU, product));
            ops.add(linear(product, matrix("down" + layer, WIDTH, INNER), down));
            ops.add(new Op.Add(x, down, out));
            if (gatesAskedFor) {
                outputs.add(gate);
            }
            x = out;
        }
        outputs.add(x);
        return Program.of(List.of(Value.TOKENS), ops, outputs);
    }

    private static Op linear(Value x, WeightRef weight, Value out) {
        return new Op.Linear(x, weight, Optional.empty(), Op.Linear.Split.WHOLE, out);
    }

    private static WeightRef matrix(String name, int rows, int columns) {
        return new WeightRef(name, rows, columns, WeightFormat.BF16);
    }

    private static MemorySegment random(WeightRef ref) {
        Random random = new Random(SEED + ref.name().hashCode());
        MemorySegment memory = Arena.ofAuto().allocate(ref.bytes(), 64);
        for (long i = 0; i < (long) ref.rows() * ref.columns(); i++) {
            float value = (float) (random.nextGaussian() / Math.sqrt(ref.columns()));
            memory.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) (Float.floatToRawIntBits(value) >>> 16));
        }
        return memory;
    }

    /** A compiled program with buffers for its outputs. */
    private final class Model implements AutoCloseable {
        private final AttentionBackend backend;
        private final Executable executable;
        private final Map<String, Buffer> buffers = new HashMap<>();
        private final Value last;

        Model(int threads, Program program) {
            CpuProvider provider = new CpuProvider();
            backend = provider.open(
                    provider.devices().getFirst(), new BackendOptions(threads, cache, notice -> {}, Map.of()));
            executable = backend.compile(
                    program, backend.load(program.weights(), GatedMlpTest::random), LIMITS, Numerics.FAST);
            last = program.outputs().getLast();
            program.outputs()
                    .forEach(value ->
                            buffers.put(value.name(), backend.buffer(DType.F32, LIMITS.maxTokens(), value.width())));
        }

        float[] run(int rows) {
            int[] ids = IntStream.range(0, rows)
                    .map(i -> (7 * i + rows) % VOCABULARY)
                    .toArray();
            StepBatch batch = new StepBatch(
                    StepTokens.known(ids),
                    IntStream.range(0, rows).toArray(),
                    new int[] {0, rows},
                    new int[0],
                    new int[0],
                    List.of(),
                    List.of());
            executable.submit(batch, new Bindings(Optional.empty(), buffers)).await();
            float[] values = new float[rows * last.width()];
            MemorySegment.copy(
                    buffers.get(last.name()).memory(), ValueLayout.JAVA_FLOAT_UNALIGNED, 0, values, 0, values.length);
            return values;
        }

        @Override
        public void close() {
            executable.close();
            backend.close();
        }
    }
}
