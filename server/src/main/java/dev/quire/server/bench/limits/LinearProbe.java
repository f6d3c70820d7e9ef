package dev.quire.server.bench.limits;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.format.SeededSource;
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
import dev.quire.server.bench.measure.Effort;
import dev.quire.server.bench.measure.Turns;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;

/** How fast a backend multiplies by one large matrix: with many rows its arithmetic is the limit, with one its memory. */
final class LinearProbe {
    private LinearProbe() {}

    /**
     * Seconds of the middle run.
     *
     * @param side rows and columns of the matrix
     * @param rows of the input
     * @return empty if the backend refuses the op
     */
    static OptionalDouble seconds(
            AttentionBackend backend, Numerics numerics, WeightFormat format, int side, int rows, Effort effort) {
        WeightRef matrix = new WeightRef("matrix", side, side, format);
        Value x = Value.tokens("x", side);
        Value y = Value.tokens("y", side);
        Op linear = new Op.Linear(x, matrix, Optional.empty(), Op.Linear.Split.WHOLE, y);
        if (!backend.supports(linear, numerics).granted()) {
            return OptionalDouble.empty();
        }
        Program program = Program.of(List.of(x), List.of(linear), List.of(y));
        Buffer in = backend.buffer(DType.F32, rows, side);
        SplittableRandom random = new SplittableRandom(1);
        for (long i = 0; i < (long) rows * side; i++) {
            in.memory().setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i, (float) random.nextDouble(-1, 1));
        }
        Bindings io = new Bindings(Optional.empty(), Map.of("x", in, "y", backend.buffer(DType.F32, rows, side)));
        StepBatch batch = StepBatch.rows(rows);
        try (var loaded = backend.load(program.weights(), new SeededSource(1));
                Executable executable = backend.compile(program, loaded, new StepLimits(rows, 1, 1, rows), numerics)) {
            return OptionalDouble.of(
                    Turns.measure(effort, () -> executable.submit(batch, io).await())
                            .median());
        }
    }
}
