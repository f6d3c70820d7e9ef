package dev.quire.backends.opencl;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.Weights;
import dev.quire.api.memory.Buffer;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepTokens;
import dev.quire.api.step.Ticket;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.WeightFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** A small program on the first device: it embeds, normalizes and multiplies. */
final class StepScene implements AutoCloseable {
    /** Kernels of a step on a processor: to embed, to normalize, whose results it rounds, and to multiply. */
    static final int KERNELS = 3;

    private static final long SEED = Long.getLong("quire.seed", 4711);
    private static final int TOKENS = 5;
    private static final int WIDTH = 64;
    private static final int COLUMNS = 48;
    private static final WeightRef TABLE = new WeightRef("table", 40, WIDTH, WeightFormat.BF16);
    private static final WeightRef MATRIX = new WeightRef("matrix", COLUMNS, WIDTH, WeightFormat.BF16);
    private static final WeightRef NORM = WeightRef.vector("norm", WIDTH);

    private final AttentionBackend backend;
    private final Weights weights;
    private final Executable executable;
    private final Buffer out;
    private Optional<Ticket> last = Optional.empty();

    /** @param settings of the backend */
    StepScene(Path cache, Map<String, String> settings) {
        Value x = Value.tokens("x", WIDTH);
        Value y = Value.tokens("y", WIDTH);
        Value result = Value.tokens("out", COLUMNS);
        Program program = Program.of(
                List.of(Value.TOKENS),
                List.of(
                        new Op.Embed(Value.TOKENS, TABLE, 0, x),
                        new Op.RmsNorm(x, Optional.of(NORM), 0, 1e-5f, WIDTH, y),
                        new Op.Linear(y, MATRIX, Optional.empty(), Op.Linear.Split.WHOLE, result)),
                List.of(result));
        OpenClProvider provider = new OpenClProvider();
        backend = provider.open(provider.devices().getFirst(), Devices.options(cache, settings));
        weights = backend.load(program.weights(), StepScene::bytes);
        executable = backend.compile(program, weights, new StepLimits(8, 2, 2, 64), Numerics.REPRODUCIBLE);
        out = backend.buffer(DType.F32, 8, COLUMNS);
    }

    private static MemorySegment bytes(WeightRef ref) {
        Random random = new Random(SEED + ref.name().hashCode());
        MemorySegment memory = Arena.ofAuto().allocate(ref.bytes());
        for (long at = 0; at < ref.bytes(); at += Short.BYTES) {
            int bits = Float.floatToRawIntBits((float) random.nextGaussian()) >>> 16;
            boolean lower = ref.format() == WeightFormat.F32 && at % Float.BYTES == 0;
            memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, lower ? 0 : (short) bits);
        }
        return memory;
    }

    /** Issues a step. */
    Ticket step(int token) {
        int[] ids = {1, 2, 3, 4, token};
        StepBatch batch = new StepBatch(
                StepTokens.known(ids),
                new int[TOKENS],
                new int[] {0, TOKENS},
                new int[0],
                new int[0],
                List.of(),
                List.of());
        Ticket ticket = executable.submit(batch, new Bindings(Optional.empty(), Map.of("out", out)));
        last = Optional.of(ticket);
        return ticket;
    }

    /** Waits until nothing runs. */
    void settle() {
        last.ifPresent(Ticket::await);
    }

    /** What the last step wrote. */
    float[] result() {
        settle();
        float[] result = new float[TOKENS * COLUMNS];
        MemorySegment.copy(out.memory(), ValueLayout.JAVA_FLOAT, 0, result, 0, result.length);
        return result;
    }

    @Override
    public void close() {
        settle();
        executable.close();
        weights.close();
        backend.close();
    }
}
