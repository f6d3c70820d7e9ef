package dev.quire.backends.levelzero;

import static dev.quire.backends.levelzero.Loopback.counted;
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
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many calls a step makes after warm-up, as the driver counts them. */
class DriverCallsTest {
    private static final int WARM = 6;
    private static final int STEPS = 20;
    private static final int ROWS = 5;
    private static final int WIDTH = 64;
    private static final WeightRef NORM = WeightRef.vector("norm", WIDTH);
    private static final WeightRef MATRIX = new WeightRef("matrix", WIDTH, WIDTH, WeightFormat.BF16);

    @TempDir
    Path folder;

    @BeforeAll
    static void theLoopbackDriverIsThere() {
        Loopback.assume();
    }

    @Test
    void aStepMakesThreeCallsHoweverManyKernelsItHas() {
        Value x = Value.tokens("x", WIDTH);
        Value y = Value.tokens("y", WIDTH);
        Value out = Value.tokens("out", WIDTH);
        Program program = Program.of(
                List.of(x),
                List.of(
                        new Op.RmsNorm(x, Optional.of(NORM), 0, 1e-5f, WIDTH, y),
                        new Op.Linear(y, MATRIX, Optional.empty(), Op.Linear.Split.WHOLE, out)),
                List.of(out));
        LevelZeroProvider provider = new LevelZeroProvider();
        try (AttentionBackend backend = provider.open(provider.devices().getFirst(), BackendOptions.defaults(folder));
                Weights weights =
                        backend.load(program.weights(), ref -> Arena.ofAuto().allocate(ref.bytes()));
                Executable executable =
                        backend.compile(program, weights, new StepLimits(ROWS, 1, 1, 64), Numerics.REPRODUCIBLE)) {
            Buffer in = backend.buffer(DType.F32, ROWS, WIDTH);
            Buffer result = backend.buffer(DType.F32, ROWS, WIDTH);
            Bindings io = new Bindings(Optional.empty(), Map.of("x", in, "out", result));
            steps(executable, io, WARM);
            long calls = counted("calls");
            long launches = counted("launches");
            steps(executable, io, STEPS);
            calls = counted("calls") - calls;
            launches = counted("launches") - launches;
            System.out.printf("%d calls in %d steps of %d kernels%n", calls, STEPS, launches / STEPS);
            assertTrue(launches >= 2 * STEPS, launches + " launches");
            assertEquals(3 * STEPS, calls); // at most the kernels and two more, which is what a step may make
        }
    }

    private static void steps(Executable executable, Bindings io, int count) {
        for (int i = 0; i < count; i++) {
            executable.submit(StepBatch.rows(ROWS), io).await();
        }
    }
}
