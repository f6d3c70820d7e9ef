package dev.quire.backends.cpu.canonical;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quire.api.program.Activation;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Rotary;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepTokens;
import dev.quire.api.types.WeightFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CanonicalRowsTest {
    private static final long SEED = Long.getLong("quire.seed", 4711);
    private static final int TRIALS = 400;

    private final Random random = new Random(SEED);
    private final Hostile hostile = new Hostile(random);

    @Test
    void everyOpOfRowsHasTheBitsOfTheInterpreter() { // N8, N9, N15 to N17, N20
        try (TwoBackends backends = new TwoBackends()) {
            for (int i = 0; i < TRIALS; i++) {
                int rows = random.nextInt(1, 6);
                Op op = op(random.nextInt(1, 150));
                Map<String, float[]> inputs = new HashMap<>();
                for (Value value : op.inputs()) {
                    if (!value.equals(Value.TOKENS) && !value.equals(Value.POSITIONS)) {
                        inputs.put(value.name(), hostile.any(rows * value.width()));
                    }
                }
                Program program = Program.of(op.inputs(), List.of(op), op.outputs());
                backends.assertSameBits(
                        Trial.of(program, this::weight, batch(rows), inputs), "%s, seed %d".formatted(op, SEED));
            }
        }
    }

    @Test
    void scalesOfTheProgramAreRoundedToFloat32Once() { // N20
        double third = 1.0 / 3;
        Op op = new Op.Scale(Value.tokens("a", 1), third, Value.tokens("out", 1));
        Program program = Program.of(op.inputs(), List.of(op), op.outputs());
        try (TwoBackends backends = new TwoBackends()) {
            Trial trial = Trial.of(program, this::weight, batch(1), Map.of("a", new float[] {1e30f}));
            int[] bits = backends.assertSameBits(trial, "scale").get("step 0 'out'");
            assertEquals(1e30f * (float) third, Float.intBitsToFloat(bits[0]));
        }
    }

    private Op op(int width) {
        Value a = Value.tokens("a", width);
        Value b = Value.tokens("b", width);
        Value out = Value.tokens("out", width);
        Activation activation = Activation.values()[random.nextInt(Activation.values().length)];
        return switch (random.nextInt(10)) {
            case 0, 1 -> new Op.Activate(a, activation, out);
            case 2 -> new Op.Gated(a, b, activation, out);
            case 3 -> new Op.Add(a, b, out);
            case 4 -> new Op.SoftCap(a, 0.1f + 50 * random.nextFloat(), out);
            case 5 -> {
                int pairs = random.nextInt(1, 40);
                int size = 2 * pairs + random.nextInt(4);
                Rotary rotary = Rotary.of(2 * pairs, 10_000, Rotary.Pairing.values()[random.nextInt(2)]);
                int all = size * random.nextInt(1, 4);
                yield new Op.Rope(Value.tokens("a", all), Value.POSITIONS, rotary, size, Value.tokens("out", all));
            }
            case 6 -> {
                WeightFormat format = WeightFormat.values()[random.nextInt(WeightFormat.values().length)];
                WeightRef table = new WeightRef("table", 50, 256, format);
                yield new Op.Embed(Value.TOKENS, table, random.nextInt(3), Value.tokens("out", 256));
            }
            case 7, 8 -> {
                int groups = random.nextInt(1, 4);
                Value x = Value.tokens("a", groups * width);
                Optional<WeightRef> weight = vector("weight", width);
                float offset = random.nextBoolean() ? 0 : 1;
                yield new Op.RmsNorm(x, weight, offset, 1e-5f, width, Value.tokens("out", x.width()));
            }
            default -> new Op.LayerNorm(a, vector("weight", width), vector("bias", width), 1e-6f, width, out);
        };
    }

    private Optional<WeightRef> vector(String name, int n) {
        return random.nextBoolean() ? Optional.of(WeightRef.vector(name, n)) : Optional.empty();
    }

    private MemorySegment weight(WeightRef ref) {
        Random own = new Random(SEED + ref.toString().hashCode());
        byte[] bytes = new byte[Math.toIntExact(ref.bytes())];
        own.nextBytes(bytes);
        MemorySegment memory = Arena.ofAuto().allocate(ref.bytes(), 64);
        if (ref.rows() > 1) {
            return memory.copyFrom(MemorySegment.ofArray(bytes));
        }
        return memory.copyFrom(MemorySegment.ofArray(new Hostile(own).finite(ref.columns())));
    }

    private StepBatch batch(int rows) {
        return new StepBatch(
                StepTokens.known(random.ints(rows, 0, 47).toArray()),
                random.ints(rows, 0, 4096).toArray(),
                new int[] {0, rows},
                new int[0],
                new int[0],
                List.of(),
                List.of());
    }
}
