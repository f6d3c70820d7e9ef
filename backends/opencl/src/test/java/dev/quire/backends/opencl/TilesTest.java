package dev.quire.backends.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendOptions;
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
import dev.quire.kernels.portable.TileShape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Tiles in local memory, on the loader's best device. */
class TilesTest extends DeviceTest {
    private static final long SEED = Long.getLong("quire.seed", 4711);
    private static final int ROWS = 37;
    private static final int INNER = 96;
    private static final int COLUMNS = 71;
    private static final WeightRef MATRIX = new WeightRef("matrix", COLUMNS, INNER, WeightFormat.Q4_1);

    private final List<String> notices = new ArrayList<>();

    @Test
    void theSecondStartMeasuresNothing() {
        run(ROWS);
        assertEquals(1, measurements(), notices.toString());
        run(ROWS);
        assertEquals(1, measurements(), notices.toString());
    }

    @Test
    void aRowHasTheSameBitsAloneAsAmongOthersInWhateverShape() { // A6
        try (AttentionBackend backend = open()) {
            Devices.assumeBatchInvariant(backend);
        }
        float[] together = run(ROWS);
        float[] alone = run(1);
        assertArrayEquals(alone, Arrays.copyOf(together, COLUMNS), "seed " + SEED);
        assertTrue(alone[0] != 0);
    }

    private long measurements() {
        return notices.stream()
                .filter(notice -> notice.startsWith("Measuring which of " + TileShape.ALL.size() + " tiles"))
                .count();
    }

    private AttentionBackend open() {
        OpenClProvider provider = new OpenClProvider();
        BackendOptions options = new BackendOptions(0, folder, notices::add, Devices.TILES);
        return provider.open(provider.devices().getFirst(), options);
    }

    private float[] run(int rows) {
        Value x = Value.tokens("x", INNER);
        Value out = Value.tokens("out", COLUMNS);
        Op linear = new Op.Linear(x, MATRIX, Optional.empty(), Op.Linear.Split.WHOLE, out);
        Program program = Program.of(List.of(x), List.of(linear), List.of(out));
        try (AttentionBackend backend = open();
                Weights weights = backend.load(program.weights(), TilesTest::bytes);
                Executable executable =
                        backend.compile(program, weights, new StepLimits(ROWS, 1, 1, 64), Numerics.FAST)) {
            Random random = new Random(SEED);
            Buffer in = backend.buffer(DType.F32, rows, INNER);
            for (int i = 0; i < rows * INNER; i++) {
                in.memory().setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian());
            }
            Buffer result = backend.buffer(DType.F32, rows, COLUMNS);
            StepBatch batch = StepBatch.rows(rows);
            executable
                    .submit(batch, new Bindings(Optional.empty(), Map.of("x", in, "out", result)))
                    .await();
            return result.memory().toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    /** Blocks of codes from the seed with a scale and a minimum of their own. */
    private static MemorySegment bytes(WeightRef ref) {
        Random random = new Random(SEED);
        byte[] bytes = new byte[Math.toIntExact(ref.bytes())];
        random.nextBytes(bytes);
        MemorySegment memory = Arena.ofAuto().allocate(bytes.length).copyFrom(MemorySegment.ofArray(bytes));
        for (int block = 0; block < bytes.length; block += ref.format().blockBytes()) {
            memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, block, Float.floatToFloat16(random.nextFloat()));
            memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, block + 2L, Float.floatToFloat16(-random.nextFloat()));
        }
        return memory;
    }
}
