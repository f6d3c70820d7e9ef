package dev.quire.conformance.cases;

import dev.quire.api.program.Op;
import dev.quire.api.program.Op.Linear.Split;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.WeightFormat;
import dev.quire.conformance.bits.Canon;
import dev.quire.conformance.oracle.Selection;
import dev.quire.conformance.report.Profile;
import dev.quire.conformance.scenario.Action;
import dev.quire.conformance.scenario.Draw;
import dev.quire.conformance.scenario.PagedScene;
import dev.quire.conformance.scenario.Samples;
import dev.quire.conformance.scenario.Scenario;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Linear in every weight format: odd sizes, edges of row tiles, layers of real models. A case runs several layers, each on steps of several sizes. */
final class LinearCases {
    /** Around the edges of tiles of 1, 2, 4, 8, 16, 32 and 64 rows. */
    private static final int[] TILES = {1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 31, 33, 64, 65};

    private static final int[] FEW = {1, 2, 7, 19};

    /** Formats that FAST multiplies without rounding them further (W3), nor the x that they hold. */
    private static final Set<WeightFormat> EXACT = Set.of(WeightFormat.F16, WeightFormat.BF16);

    private static final Set<WeightFormat> INT4 =
            Set.of(WeightFormat.INT4_G32, WeightFormat.INT4_G64, WeightFormat.INT4_G128);

    /** Outputs beyond which 256 of them are judged by the oracle. */
    private static final int MANY = 50_000;

    private final Samples samples;
    private final Numerics numerics;
    private final List<OpCase> cases = new ArrayList<>();

    LinearCases(Samples samples, Numerics numerics) {
        this.samples = samples;
        this.numerics = numerics;
    }

    /** A layer [outputs, inputs] and the row counts of its steps. */
    private record Layer(int inputs, int outputs, int... rows) {}

    /** F32 matrices are left out in REPRODUCIBLE, which refuses them (RULES N4). */
    List<OpCase> list(Depth depth) {
        for (WeightFormat format : WeightFormat.values()) {
            if (format != WeightFormat.F32 || numerics == Numerics.FAST) {
                ofFormat(format, depth);
            }
        }
        return cases;
    }

    private void ofFormat(WeightFormat format, Depth depth) {
        int block = format.blockElements();
        List<Layer> odd = switch (block) {
            case 1 ->
                List.of(
                        new Layer(100, 50, TILES),
                        new Layer(1, 1, FEW),
                        new Layer(7, 3, FEW),
                        new Layer(33, 47, FEW),
                        new Layer(256, 1, FEW),
                        new Layer(1000, 17, FEW));
            case 32 ->
                List.of(
                        new Layer(64, 50, TILES),
                        new Layer(32, 1, FEW),
                        new Layer(96, 47, FEW),
                        new Layer(352, 33, FEW));
            default -> List.of(new Layer(512, 50, TILES), new Layer(256, 1, FEW), new Layer(768, 47, FEW));
        };
        add(format, Split.WHOLE, false, "odd", odd);
        add(format, Split.WHOLE, true, "odd", odd);
        add(format, Split.EIGHT_SLICES, false, "odd", odd);
        add(format, Split.EIGHT_SLICES, true, "odd", List.of(odd.getFirst()));
        add(format, Split.WHOLE, false, "real", List.of(new Layer(576 % block == 0 ? 576 : 768, 1536, 1, 33)));
        if (depth == Depth.FULL) {
            add(format, Split.EIGHT_SLICES, false, "real", List.of(new Layer(1536, 576, 1, 300)));
            add(format, Split.WHOLE, false, "large", List.of(new Layer(4096, 4096, 1, 65)));
            add(format, Split.WHOLE, false, "head", List.of(new Layer(2048, 32_000, 1, 2)));
        }
    }

    private void add(WeightFormat format, Split split, boolean bias, String variant, List<Layer> layers) {
        String name = "Linear/%s/%s%s/%s".formatted(format, split, bias ? "+bias" : "", variant);
        List<String> rules = new ArrayList<>(first(format));
        rules.addAll(split == Split.EIGHT_SLICES ? List.of("N6", "N5") : List.of("N5"));
        rules.addAll(List.of("N3", "N4", "W1", "W2", "W3", "M11", "N1", "M9", "M10", "T7"));
        Set<Profile> required = format == WeightFormat.BF16 ? OpCases.MODEL : Set.of();
        String canon = split == Split.EIGHT_SLICES ? "N6" : "N5";
        cases.add(new OpCase(
                name,
                rules.stream().distinct().toList(),
                canon,
                required,
                () -> scenario(
                        name,
                        layers.stream()
                                .map(layer -> new Sized(op(format, split, bias, layer), layer.rows()))
                                .toList())));
    }

    /** The rules that a failure speaks of first. */
    private static List<String> first(WeightFormat format) {
        if (format == WeightFormat.INT8) {
            return List.of("W6", "W1");
        }
        if (INT4.contains(format)) {
            return List.of("W7", "W1");
        }
        return format.isQuantized() ? List.of("W1", "W5") : List.of("N4");
    }

    /** An op and the row counts of its steps. */
    private record Sized(Op.Linear op, int[] rows) {}

    private static Op.Linear op(WeightFormat format, Split split, boolean bias, Layer layer) {
        String size = "%d × %d".formatted(layer.outputs(), layer.inputs());
        return new Op.Linear(
                Value.tokens("x", layer.inputs()),
                new WeightRef("weight " + size, layer.outputs(), layer.inputs(), format),
                bias ? Optional.of(WeightRef.vector("bias " + size, layer.outputs())) : Optional.empty(),
                split,
                Value.tokens("out", layer.outputs()));
    }

    /** Each layer sees NaN first, in as many rows as it ever has: nothing that is left in a workspace may count. */
    private Scenario scenario(String name, List<Sized> layers) {
        List<Action> steps = new ArrayList<>();
        Draw first = Draw.UNIFORM;
        for (Sized layer : layers) {
            Op.Linear op = layer.op();
            Program program = Program.of(op.inputs(), List.of(op), op.outputs());
            int most = Arrays.stream(layer.rows()).max().orElseThrow();
            float[] nan = new float[most * op.x().width()];
            Arrays.fill(nan, Float.NaN);
            steps.add(Action.Step.preparing(program, PagedScene.rows(most), Map.of("x", nan)));
            if (EXACT.contains(op.weight().format())) {
                steps.add(exact(name, op, program));
            }
            for (int rows : layer.rows()) {
                String label = "%s rows=%d".formatted(op.weight().name(), rows);
                float[] x = samples.rows(name + label, rows, op.x().width(), first);
                Action.Step step = Action.Step.judged(label, program, PagedScene.rows(rows), Map.of("x", x));
                int columns = op.out().width();
                steps.add(rows * columns > MANY ? step.judging(chosen(name + label, rows, columns)) : step);
                first = Draw.values()[(first.ordinal() + 1) % Draw.values().length];
            }
        }
        return Scenario.of(steps);
    }

    /** Activations that no backend rounds, so that rounding weights shows. */
    private Action.Step exact(String name, Op.Linear op, Program program) {
        String label = "%s x in bf16".formatted(op.weight().name());
        float[] x = new Canon().narrowed(samples.drawn(name + label, 3, op.x().width(), Draw.UNIFORM));
        return Action.Step.judged(label, program, PagedScene.rows(3), Map.of("x", x));
    }

    private Selection chosen(String name, int rows, int columns) {
        int some = Math.min(rows, 16);
        return Selection.of(
                samples.random(name + "rows").ints(some, 0, rows).toArray(),
                samples.random(name + "columns").ints(256 / some, 0, columns).toArray());
    }
}
