package dev.quire.conformance.cases;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.WeightSource;
import dev.quire.api.Weights;
import dev.quire.api.format.SeededSource;
import dev.quire.api.format.SeededWeight;
import dev.quire.api.memory.Buffer;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepTokens;
import dev.quire.api.types.DType;
import dev.quire.api.types.WeightFormat;
import dev.quire.conformance.scenario.Action;
import dev.quire.conformance.scenario.Scenario;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** A table that the backend may make of a seed decodes, to the bit, as the same table does whose bytes it must read, in each format that it has (RULES, W8). */
final class SeededWeights {
    private static final long SEED = 0x5EED_0000_0000_4711L;
    /** More than differ, and more than a generator's block to a row. */
    private static final int ROWS = SeededWeight.ROWS + 7;

    private static final StepBatch EVERY_ROW = new StepBatch(
            StepTokens.known(IntStream.range(0, ROWS).toArray()),
            IntStream.range(0, ROWS).toArray(),
            new int[] {0, ROWS},
            new int[0],
            new int[0],
            List.of(),
            List.of());

    private SeededWeights() {}

    /** What the case needs, with the format that every backend has. */
    static Scenario scenario() {
        return Scenario.of(List.of(Action.Step.judged("step", lookUp(WeightFormat.BF16), EVERY_ROW, Map.of())));
    }

    /** What differs first, if anything does. */
    static Optional<String> broken(AttentionBackend backend, CaseContext context) {
        for (WeightFormat format : WeightFormat.values()) {
            Program program = lookUp(format);
            if (backend.supports(program.ops().getFirst(), context.numerics()).granted()) {
                Buffer made = rows(backend, program, new SeededSource(SEED), context);
                WeightSource reading = new SeededSource(SEED)::read;
                Buffer read = rows(backend, program, reading, context);
                int width = made.width();
                for (int i = 0; i < ROWS * width; i++) {
                    int is = Float.floatToRawIntBits(made.floatAt(i / width, i % width));
                    int expected = Float.floatToRawIntBits(read.floatAt(i / width, i % width));
                    if (is != expected) {
                        return Optional.of(
                                "row %d of a %s table, made of a seed, decodes to 0x%08x in column %d; the bytes that read gives, to 0x%08x"
                                        .formatted(i / width, format, is, i % width, expected));
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static Program lookUp(WeightFormat format) {
        int width = format.isQuantized() ? 3 * format.blockElements() : 77;
        WeightRef table = new WeightRef("seeded " + format, ROWS, width, format);
        Value out = Value.tokens("out", width);
        return Program.of(List.of(Value.TOKENS), List.of(new Op.Embed(Value.TOKENS, table, 0, out)), List.of(out));
    }

    private static Buffer rows(AttentionBackend backend, Program program, WeightSource source, CaseContext context) {
        Buffer out =
                backend.buffer(DType.F32, ROWS, program.outputs().getFirst().width());
        try (Weights weights = backend.load(program.weights(), source);
                Executable executable =
                        backend.compile(program, weights, new StepLimits(ROWS, 1, 1, ROWS), context.numerics())) {
            executable
                    .submit(EVERY_ROW, new Bindings(Optional.empty(), Map.of("out", out)))
                    .await();
        }
        return out;
    }
}
