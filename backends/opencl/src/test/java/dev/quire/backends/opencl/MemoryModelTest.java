package dev.quire.backends.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendException;
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
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.WeightFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However memory is reached, the bits are the same. */
class MemoryModelTest {
    private static final long SEED = Long.getLong("quire.seed", 4711);
    private static final int TOKENS = 5;
    private static final WeightRef TABLE = new WeightRef("table", 40, 64, WeightFormat.BF16);
    private static final WeightRef MATRIX = new WeightRef("matrix", 48, 64, WeightFormat.BF16);
    private static final WeightRef NORM = WeightRef.vector("norm", 64);

    @TempDir
    Path folder;

    @BeforeAll
    static void aDeviceIsThere() {
        Devices.assumeOne();
    }

    @Test
    void sharedMemoryAndCopiesGiveTheSameBits() {
        float[] best = run(Map.of());
        for (MemoryModel model : MemoryModel.values()) {
            if (model.compareTo(Devices.first().memory()) >= 0) {
                assertArrayEquals(best, run(Map.of("memory", model.name().toLowerCase(Locale.ROOT))), model.name());
            }
        }
    }

    @Test
    void settingsThatAreNotKnownAreRefused() {
        assertEquals("backend opencl has no setting 'colour'; it has: memory", refusal(Map.of("colour", "blue")));
        assertEquals("memory=some: choose fine, coarse or buffers", refusal(Map.of("memory", "some")));
    }

    private String refusal(Map<String, String> settings) {
        OpenClProvider provider = new OpenClProvider();
        BackendException refused = assertThrows(
                BackendException.class,
                () -> provider.open(provider.devices().getFirst(), Devices.options(folder, settings)));
        assertEquals(BackendException.Kind.UNSUPPORTED, refused.kind());
        return refused.getMessage();
    }

    /** Embeds, normalizes and multiplies. */
    private float[] run(Map<String, String> settings) {
        Value x = Value.tokens("x", 64);
        Value y = Value.tokens("y", 64);
        Value out = Value.tokens("out", 48);
        Program program = Program.of(
                List.of(Value.TOKENS),
                List.of(
                        new Op.Embed(Value.TOKENS, TABLE, 0, x),
                        new Op.RmsNorm(x, Optional.of(NORM), 0, 1e-5f, 64, y),
                        new Op.Linear(y, MATRIX, Optional.empty(), Op.Linear.Split.WHOLE, out)),
                List.of(out));
        OpenClProvider provider = new OpenClProvider();
        try (AttentionBackend backend =
                        provider.open(provider.devices().getFirst(), Devices.options(folder, settings));
                Weights weights = backend.load(program.weights(), MemoryModelTest::bytes);
                Executable executable =
                        backend.compile(program, weights, new StepLimits(8, 2, 2, 64), Numerics.REPRODUCIBLE)) {
            Buffer buffer = backend.buffer(DType.F32, 8, 48);
            float[] result = new float[TOKENS * 48];
            for (int step = 0; step < 4; step++) { // recorded twice, replayed twice
                int[] ids = {1, 2, 3, 4, step};
                StepBatch batch = new StepBatch(
                        StepTokens.known(ids),
                        new int[TOKENS],
                        new int[] {0, TOKENS},
                        new int[0],
                        new int[0],
                        List.of(),
                        List.of());
                executable
                        .submit(batch, new Bindings(Optional.empty(), Map.of("out", buffer)))
                        .await();
            }
            MemorySegment.copy(buffer.memory(), ValueLayout.JAVA_FLOAT, 0, result, 0, result.length);
            assertTrue(result[0] != 0);
            return result;
        }
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
}
