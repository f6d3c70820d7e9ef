package dev.quire.conformance.cases;

import dev.quire.api.program.ExpertOp;
import dev.quire.api.program.ExpertOp.Route.Over;
import dev.quire.api.program.Op;
import dev.quire.api.program.Op.Linear.Split;
import dev.quire.api.program.Program;
import dev.quire.api.program.Rows;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.WeightFormat;
import dev.quire.conformance.cases.OpCases.Kind;
import dev.quire.conformance.scenario.Action;
import dev.quire.conformance.scenario.Draw;
import dev.quire.conformance.scenario.PagedScene;
import dev.quire.conformance.scenario.Samples;
import dev.quire.conformance.scenario.Scenario;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** Mixtures of experts: the choice, with ties and NaN, the experts' own layers, and the sum. No profile requires them. */
final class ExpertCases {
    private static final int[] ROWS = {1, 2, 5, 19};

    /** Ties, zeros of both signs, infinities that are not first, NaN: fewer than are chosen, more, nothing else. */
    private static final float[] SPECIAL = {
        1f,
        3f,
        3f,
        -0f,
        0f,
        Float.NEGATIVE_INFINITY,
        3f,
        -90f,
        0f,
        -0f,
        Float.NaN,
        -1f,
        0f,
        Float.NaN,
        2f,
        2f,
        -5f,
        -5f,
        -5f,
        -5f,
        -5f,
        -5f,
        -5f,
        -5f,
        Float.NaN,
        Float.NaN,
        Float.NaN,
        Float.NaN,
        1f,
        Float.NaN,
        -2f,
        Float.NaN,
        Float.NaN,
        Float.NaN,
        Float.NaN,
        Float.NaN,
        Float.NaN,
        Float.NaN,
        Float.NaN,
        Float.NaN
    };

    private final OpCases plain;
    private final Samples samples;
    private final Numerics numerics;
    private final List<OpCase> cases = new ArrayList<>();

    ExpertCases(OpCases plain, Numerics numerics) {
        this.plain = plain;
        this.samples = plain.samples();
        this.numerics = numerics;
    }

    /** Programs of more than one op; the others go to the plain cases. */
    List<OpCase> list(Depth depth) {
        for (Over over : Over.values()) {
            Value few = Value.tokens("scores", 8);
            plain.add(
                    Kind.of("Route/%s/special".formatted(over), "N21", "N10").optional(),
                    route(few, 3, over),
                    Map.of("scores", SPECIAL),
                    5,
                    11);
            for (int experts : new int[] {1, 5, 8, 64, 128}) {
                Value scores = Value.tokens("scores", experts);
                plain.add(
                        Kind.of("Route/" + over, "N21", "N10").optional(),
                        route(scores, Math.min(experts, experts == 8 ? 8 : 3), over),
                        ROWS);
            }
        }
        for (int width : new int[] {1, 33, 96}) {
            Value x = Value.tokens("x", 3 * width);
            Op sum = new ExpertOp.WeightedSum(x, Value.tokens("gates", 3), Value.tokens("out", width));
            plain.add(Kind.of("WeightedSum/plain", "N23").optional(), sum, ROWS);
        }
        for (WeightFormat format : WeightFormat.values()) {
            boolean runs = format != WeightFormat.F32 || numerics == Numerics.FAST;
            if (runs && (depth == Depth.FULL || !format.isQuantized() || format == WeightFormat.Q8_0)) {
                linear(format);
            }
        }
        return cases;
    }

    private static ExpertOp.Route route(Value scores, int chosen, Over over) {
        return new ExpertOp.Route(scores, over, experts(chosen), Value.tokens("gates", chosen));
    }

    private static Value experts(int chosen) {
        return new Value("experts", Rows.TOKENS, chosen, DType.I32);
    }

    private void linear(WeightFormat format) {
        for (Split split : Split.values()) {
            for (boolean shared : new boolean[] {true, false}) {
                String name = "ExpertLinear/%s/%s/%s".formatted(format, split, shared ? "shared" : "own");
                cases.add(new OpCase(
                        name,
                        List.of("N22", "N4", "N6", "N21", "W1", "M11", "N1", "M9", "M10", "T7"),
                        "N22",
                        Set.of(),
                        () -> scenario(name, format, split, shared)));
            }
        }
    }

    /** Seven experts, three a row; NaN first, so that nothing that is left in a workspace may count. */
    private Scenario scenario(String name, WeightFormat format, Split split, boolean shared) {
        int chosen = 3;
        int inputs = format.blockElements() == 1 ? 45 : 2 * format.blockElements();
        Value scores = Value.tokens("scores", 7);
        Value x = Value.tokens("x", shared ? inputs : chosen * inputs);
        List<WeightRef> weights = IntStream.range(0, 7)
                .mapToObj(e -> new WeightRef("expert " + e, 19, inputs, format))
                .toList();
        ExpertOp.Route route = route(scores, chosen, Over.CHOSEN);
        Op linear = new ExpertOp.ExpertLinear(x, route.experts(), weights, split, Value.tokens("out", chosen * 19));
        Program program = Program.of(List.of(scores, x), List.of(route, linear), linear.outputs());
        List<Action> steps = new ArrayList<>();
        int most = Arrays.stream(ROWS).max().orElseThrow();
        float[] nan = new float[most * x.width()];
        Arrays.fill(nan, Float.NaN);
        float[] none = new float[most * 7];
        steps.add(Action.Step.preparing(program, PagedScene.rows(most), Map.of("scores", none, "x", nan)));
        for (int rows : ROWS) {
            String label = "rows=" + rows;
            steps.add(Action.Step.judged(
                    label,
                    program,
                    PagedScene.rows(rows),
                    Map.of(
                            "scores", samples.rows(name + label + "scores", rows, 7, Draw.UNIFORM),
                            "x", samples.rows(name + label + "x", rows, x.width(), Draw.UNIFORM))));
        }
        return Scenario.of(steps);
    }
}
