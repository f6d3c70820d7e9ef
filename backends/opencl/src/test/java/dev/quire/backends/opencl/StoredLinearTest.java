package dev.quire.backends.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

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
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.WeightFormat;
import dev.quire.conformance.scenario.Samples;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Linear layers in FAST: matrices as they are stored, and a kernel for each number of rows. */
class StoredLinearTest extends DeviceTest {
    private static final long SEED = Long.getLong("quire.seed", 4711);
    private static final int COLUMNS = 22; // tiles of three and of four reach over the edge
    private static final int MOST_ROWS = 75;

    @Test
    void aRowHasTheSameBitsHoweverManyRowsStandBesideItInEveryFormat() { // A6
        OpenClProvider provider = new OpenClProvider();
        try (AttentionBackend backend =
                provider.open(provider.devices().getFirst(), Devices.options(folder, Map.of()))) {
            Devices.assumeBatchInvariant(backend);
            for (WeightFormat format : WeightFormat.values()) {
                check(format, backend);
            }
        }
    }

    private static void check(WeightFormat format, AttentionBackend backend) {
        int k = format.isQuantized() ? 3 * 256 : 3 * 256 + 21; // more than a run, and for plain formats a rest
        Value x = Value.tokens("x", k);
        Value y = Value.tokens("y", COLUMNS);
        WeightRef matrix = new WeightRef("matrix", COLUMNS, k, format);
        Op linear = new Op.Linear(x, matrix, Optional.empty(), Op.Linear.Split.WHOLE, y);
        Program program = Program.of(List.of(x), List.of(linear), List.of(y));
        Samples samples = new Samples(SEED);
        try (Weights weights = backend.load(program.weights(), samples.source());
                Executable executable =
                        backend.compile(program, weights, new StepLimits(MOST_ROWS, 1, 1, 1), Numerics.FAST)) {
            Buffer in = backend.buffer(DType.F32, MOST_ROWS, k);
            Buffer out = backend.buffer(DType.F32, MOST_ROWS, COLUMNS);
            float[] values = samples.floats("x", MOST_ROWS * k, 1);
            MemorySegment.copy(values, 0, in.memory(), ValueLayout.JAVA_FLOAT_UNALIGNED, 0, values.length);
            Bindings io = new Bindings(Optional.empty(), Map.of("x", in, "y", out));
            int[] all = bits(executable, io, out, MOST_ROWS);
            for (int rows : new int[] {1, 2, 4, 5, 8, 9, 31, 32, 33, 64}) {
                assertArrayEquals(
                        Arrays.copyOf(all, rows * COLUMNS),
                        bits(executable, io, out, rows),
                        "seed %d, %s, %d rows".formatted(SEED, format, rows));
            }
        }
    }

    private static int[] bits(Executable executable, Bindings io, Buffer out, int rows) {
        StepBatch batch = StepBatch.rows(rows);
        executable.submit(batch, io).await();
        int[] bits = new int[rows * COLUMNS];
        MemorySegment.copy(out.memory(), ValueLayout.JAVA_INT_UNALIGNED, 0, bits, 0, bits.length);
        return bits;
    }
}
