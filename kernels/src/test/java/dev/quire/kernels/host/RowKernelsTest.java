package dev.quire.kernels.host;

import dev.quire.api.WeightSource;
import dev.quire.api.program.Activation;
import dev.quire.api.program.ExpertOp;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Rotary;
import dev.quire.api.program.Rows;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepTokens;
import dev.quire.api.types.DType;
import dev.quire.api.types.WeightFormat;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every op that works row by row has the bits of the scalar definition (RULES, N2). */
class RowKernelsTest {
    private static final long SEED = Long.getLong("quire.seed", 4711);

    private final Random random = new Random(SEED);

    @BeforeAll
    static void aCompilerIsThere() {
        Twins.assumeCompiler();
    }

    @ParameterizedTest
    @EnumSource
    void activationsHaveTheDefinedBits(Activation activation) { // N16, N20
        Value a = Value.tokens("a", 301);
        Value b = Value.tokens("b", 301);
        Value out = Value.tokens("out", 301);
        check(new Op.Activate(a, activation, out), 7);
        check(new Op.Gated(a, b, activation, out), 7);
    }

    @Test
    void elementwiseOpsHaveTheDefinedBits() { // N20
        Value a = Value.tokens("a", 67);
        Value b = Value.tokens("b", 67);
        Value out = Value.tokens("out", 67);
        check(new Op.Add(a, b, out), 5);
        check(new Op.Scale(a, 1.7, out), 5);
        check(new Op.SoftCap(a, 2.5f, out), 5);
        check(new Op.Slice(a, 30, Value.tokens("out", 37)), 5);
        check(new Op.GatherRows(a, Value.logits("out", 67)), 5);
    }

    @Test
    void normsHaveTheDefinedBits() { // N8, N17
        for (int group : new int[] {1, 31, 32, 33, 80, 576}) {
            Value a = Value.tokens("a", 3 * group);
            Value out = Value.tokens("out", 3 * group);
            Optional<WeightRef> weight = Optional.of(WeightRef.vector("weight", group));
            Optional<WeightRef> half = Optional.of(new WeightRef("half", 1, group, WeightFormat.F16));
            Optional<WeightRef> bias = Optional.of(WeightRef.vector("bias", group));
            check(new Op.RmsNorm(a, Optional.empty(), 0, 1e-5f, group, out), 3);
            check(new Op.RmsNorm(a, weight, 0, 1e-5f, group, out), 3);
            check(new Op.RmsNorm(a, half, 1, 1e-6f, group, out), 3);
            check(new Op.LayerNorm(a, Optional.empty(), Optional.empty(), 1e-5f, group, out), 3);
            check(new Op.LayerNorm(a, weight, bias, 1e-5f, group, out), 3);
        }
    }

    @ParameterizedTest
    @EnumSource
    void tablesOfEveryFormatAreDecodedWithoutRounding(WeightFormat format) { // W5, N20
        WeightRef table = new WeightRef("table", 300, 512, format);
        check(new Op.Embed(Value.TOKENS, table, 2, Value.tokens("out", 512)), 9);
    }

    @ParameterizedTest
    @EnumSource(names = "F32", mode = EnumSource.Mode.EXCLUDE)
    void linearLayersOfEveryFormatHaveTheDefinedBits(WeightFormat format) { // N4 to N6
        int[] widths = format.isQuantized() ? new int[] {512} : new int[] {1, 7, 33, 257, 1000};
        for (int k : widths) {
            for (int rows : new int[] {1, 8, 11}) {
                Value a = Value.tokens("a", k);
                WeightRef weight = new WeightRef("weight", 23, k, format);
                Optional<WeightRef> bias = Optional.of(WeightRef.vector("bias", 23));
                Value out = Value.tokens("out", 23);
                check(new Op.Linear(a, weight, Optional.empty(), Op.Linear.Split.WHOLE, out), rows);
                check(new Op.Linear(a, weight, bias, Op.Linear.Split.EIGHT_SLICES, out), rows);
            }
        }
    }

    @Test
    void activationsBelowTheSmallestAreFlushedAndNoOthers() { // N3
        float[] x = {0x1p-56f, -0x1p-56f, 0x1.fcp-57f, 0x1.ffp-57f, -0x1.8p-57f, 0x1p-57f, 0x1.02p-56f, Float.MIN_VALUE
        };
        Value a = Value.tokens("a", 1);
        Value out = Value.tokens("out", 64);
        WeightRef weight = new WeightRef("weight", 64, 1, WeightFormat.BF16);
        Op linear = new Op.Linear(a, weight, Optional.empty(), Op.Linear.Split.WHOLE, out);
        Program program = Program.of(List.of(a), List.of(linear), List.of(out));
        StepBatch batch = StepBatch.rows(x.length);
        try (Twins twins = new Twins(Optional.empty())) {
            twins.run(program, Numbers.weights(SEED), batch, Map.of("a", x));
        }
    }

    @ParameterizedTest
    @EnumSource
    void rotationsHaveTheDefinedBits(Rotary.Pairing pairing) { // N9
        for (int dim : new int[] {2, 48, 64}) {
            Value a = Value.tokens("a", 3 * 64);
            Rotary rotary = Rotary.of(dim, 10_000, pairing);
            check(new Op.Rope(a, Value.POSITIONS, rotary, 64, Value.tokens("out", 3 * 64)), 6);
        }
    }

    @Test
    void layersThatReadTheSameRowsShareTheirRoundedImage() { // N4
        Value a = Value.tokens("a", 96);
        Value first = Value.tokens("first", 40);
        Value doubled = Value.tokens("doubled", 40);
        Value second = Value.tokens("second", 40);
        Value out = Value.tokens("out", 40);
        WeightRef w = new WeightRef("w", 40, 96, WeightFormat.BF16);
        WeightRef v = new WeightRef("v", 40, 96, WeightFormat.Q8_0);
        Program program = Program.of(
                List.of(a),
                List.of(
                        new Op.Linear(a, w, Optional.empty(), Op.Linear.Split.WHOLE, first),
                        new Op.Scale(first, 2, doubled),
                        new Op.Linear(a, v, Optional.empty(), Op.Linear.Split.WHOLE, second),
                        new Op.Add(doubled, second, out)),
                List.of(first, out));
        check(program, 5);
    }

    @ParameterizedTest
    @EnumSource
    void expertsAreChosenAndMixedWithTheDefinedBits(ExpertOp.Route.Over over) { // N21 to N23
        for (int count : new int[] {2, 7, 33, 300}) {
            for (int rows : new int[] {1, 5, 19}) {
                check(mixture(over, count, Math.min(count, 3)), rows);
            }
        }
    }

    /** A gated layer of experts, each of whose values is looked at. */
    private static Program mixture(ExpertOp.Route.Over over, int count, int chosen) {
        Value x = Value.tokens("x", 45);
        Value scores = Value.tokens("scores", count);
        Value experts = new Value("experts", Rows.TOKENS, chosen, DType.I32);
        Value gates = Value.tokens("gates", chosen);
        Value inner = Value.tokens("inner", chosen * 37);
        Value outer = Value.tokens("outer", chosen * 45);
        Value out = Value.tokens("out", 45);
        return Program.of(
                List.of(scores, x),
                List.of(
                        new ExpertOp.Route(scores, over, experts, gates),
                        new ExpertOp.ExpertLinear(
                                x, experts, weights("up", count, 37, 45), Op.Linear.Split.WHOLE, inner),
                        new ExpertOp.ExpertLinear(
                                inner, experts, weights("down", count, 45, 37), Op.Linear.Split.EIGHT_SLICES, outer),
                        new ExpertOp.WeightedSum(outer, gates, out)),
                List.of(experts, gates, inner, outer, out));
    }

    private static List<WeightRef> weights(String name, int count, int rows, int columns) {
        return IntStream.range(0, count)
                .mapToObj(expert -> new WeightRef(name + expert, rows, columns, WeightFormat.BF16))
                .toList();
    }

    @Test
    void rowsFromOutsideAreAsManyAsTheirBufferHas() {
        Value images = new Value("images", Rows.EXTERNAL, 48, DType.F32);
        Value inner = new Value("inner", Rows.EXTERNAL, 48, DType.F32);
        Value out = new Value("out", Rows.EXTERNAL, 20, DType.F32);
        WeightRef w = new WeightRef("w", 20, 48, WeightFormat.BF16);
        Program program = Program.of(
                List.of(images),
                List.of(
                        new Op.Scale(images, 0.5, inner),
                        new Op.Linear(inner, w, Optional.empty(), Op.Linear.Split.WHOLE, out)),
                List.of(out));
        check(program, 5);
    }

    private void check(Op op, int rows) {
        check(Program.of(op.inputs(), List.of(op), op.outputs()), rows);
    }

    private void check(Program program, int rows) {
        int[] ids = random.ints(rows, 0, 298).toArray();
        int[] positions = random.ints(rows, 0, 2000).toArray();
        int[] wanted = rows == 1 ? new int[] {0} : new int[] {0, rows - 1};
        StepBatch batch = new StepBatch(
                StepTokens.known(ids), positions, new int[] {0, rows}, wanted, new int[0], List.of(), List.of());
        Map<String, float[]> inputs = new HashMap<>();
        for (Value value : program.inputs()) {
            if (value.dtype() == DType.F32) {
                inputs.put(value.name(), Numbers.hostile(random, rows * value.width()));
            }
        }
        WeightSource weights = Numbers.weights(SEED);
        try (Twins twins = new Twins(Optional.empty())) {
            twins.run(program, weights, batch, inputs);
        }
    }
}
